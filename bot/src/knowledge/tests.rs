//! The workflow over a real database, and the merge over forms.

use anyhow::{Context as _, Result};
use indexer::content;
use indexer::guide::Guide;

use super::differences::differences;
use super::input::{self, Operation};
use super::merge::{Resolution, merge};
use super::publication::{Publication, publish, restore, withdraw};
use super::value::{self, Row, Value, of_guide, to_guide};
use super::{Meanwhile, begin, open, open_merged, path, save};
use crate::ask::{Question, ask};
use crate::db::staff::Session;
use crate::language::Language;
use crate::test_support::House;

const VI: Language = Language::Vietnamese;
const ID: &str = "cap-lai-can-cuoc";
const TEXT: &str = include_str!("../../../indexer/tests/guides/cap-lai-can-cuoc.md");

fn fields() -> Result<Row> {
    Ok(of_guide(&Guide::parse(TEXT)?)?)
}

/// The fields with other words at a path.
fn with(fields: &Row, path: &str, words: &str) -> Result<Row> {
    let mut changed = fields.clone();
    *path::value_mut(&mut changed, path).with_context(|| path.to_owned())? = Value::Text(words.to_owned());
    Ok(changed)
}

fn pressed(fields: &Row, button: &str) -> Row {
    let mut changed = fields.clone();
    Operation::parse(button).apply(&mut changed);
    changed
}

fn text_at(fields: &Row, path: &str) -> String {
    path::value_mut(&mut fields.clone(), path).map(|value| value.text().to_owned()).unwrap_or_default()
}

#[test]
fn a_guide_goes_through_its_form_unchanged() -> Result<()> {
    let guide = Guide::parse(TEXT)?;
    let fields = of_guide(&guide)?;
    assert_eq!(to_guide(ID, &fields, "2026-11-24".parse()?)?, (guide, Vec::new()));
    let sent = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut pairs = vec![sent("fees[0].valid_to", "31/12/2026"), sent("level", "district"), sent("checked_on", "")];
    let (_, unreadable) = to_guide(ID, &input::read(&pairs), "2026-11-24".parse()?)?;
    let wrong: Vec<&str> = unreadable.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(wrong, ["level", "fees[0].valid_to", "checked_on", "review_by", "review_status"]);
    pairs.clear();
    assert!(to_guide(ID, &input::read(&pairs), "2026-11-24".parse()?).is_ok());
    Ok(())
}

#[test]
fn differences_are_told_by_field() -> Result<()> {
    let before = fields()?;
    let mut after = with(&before, "fees[0].amount", "80.000 đồng/thẻ")?;
    after = with(&after, "level", "province")?;
    after = with(&after, "review_by", "2027-06-01")?;
    after = pressed(&pressed(&after, "remove:fees[1]"), "remove:papers[0].items[0]");
    after = pressed(&after, "add:steps");
    let told: Vec<(String, Option<String>, Option<String>)> =
        differences(VI, &before, &after).into_iter().map(|found| (found.label, found.before, found.after)).collect();
    let some = |words: &str| Some(words.to_owned());
    assert_eq!(told[0], ("Cấp tiếp nhận".to_owned(), some("Cấp xã"), some("Cấp tỉnh")));
    assert_eq!((told[1].0.as_str(), &told[1].2), ("Lệ phí › mức lệ phí 2", &None));
    assert!(told[1].1.as_deref().is_some_and(|words| words.contains("Chỉ áp dụng khi: Nộp trực tuyến") && words.contains("31/12/2026")));
    assert_eq!(told[2], ("Lệ phí › mức lệ phí 1 › Mức thu".to_owned(), some("70.000 đồng/thẻ"), some("80.000 đồng/thẻ")));
    assert_eq!(told[3].0, "Giấy tờ cần có › trường hợp 1 › Giấy tờ › giấy tờ 1");
    assert_eq!(told[4], ("Các bước › bước 4".to_owned(), None, some("")));
    assert_eq!(told[5], ("Hạn rà soát lại".to_owned(), some("31/12/2026"), some("01/06/2027")));
    assert_eq!((told.len(), differences(VI, &after, &after).len()), (6, 0));
    Ok(())
}

#[test]
fn fields_that_one_changed_merge_by_themselves() -> Result<()> {
    let base = fields()?;
    let theirs = pressed(&with(&base, "fees[0].amount", "80.000 đồng/thẻ")?, "remove:steps[1]");
    let yours = with(&with(&pressed(&base, "add:fees"), "fees[2].amount", "5.000 đồng")?, "steps[0]", "Khai phiếu đề nghị trên mạng.")?;
    let merged = merge(VI, &base, &theirs, &yours);
    assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
    let fields = merged.fields;
    assert_eq!((text_at(&fields, "fees[0].amount"), text_at(&fields, "fees[2].amount")), ("80.000 đồng/thẻ".into(), "5.000 đồng".into()));
    assert_eq!(
        (text_at(&fields, "steps[0]"), text_at(&fields, "steps[1]")),
        ("Khai phiếu đề nghị trên mạng.".into(), "Nhận thẻ theo giấy hẹn.".into())
    );
    assert_eq!(merge(VI, &base, &yours, &theirs).fields, fields, "whoever comes first");
    assert_eq!(merge(VI, &base, &yours, &yours).fields, yours);
    Ok(())
}

#[test]
fn what_both_changed_is_settled_by_a_person_and_nothing_is_lost() -> Result<()> {
    let base = fields()?;
    let theirs = pressed(&with(&base, "fees[0].amount", "80.000 đồng/thẻ")?, "remove:fees[1]");
    let yours = with(&with(&base, "fees[0].amount", "90.000 đồng/thẻ")?, "fees[1].amount", "40.000 đồng/thẻ")?;
    let merged = merge(VI, &base, &theirs, &yours);
    let labels: Vec<&str> = merged.conflicts.iter().map(|conflict| conflict.label.as_str()).collect();
    assert_eq!(labels, ["Lệ phí › mức lệ phí 1 › Mức thu", "Lệ phí › mức lệ phí 2"]);
    assert!(merged.conflicts[0].is_words && !merged.conflicts[1].is_words && merged.conflicts[1].theirs.is_none());
    assert_eq!(text_at(&merged.fields, "fees[1].amount"), "40.000 đồng/thẻ", "a row that one removed stays until it is settled");
    let settled = |resolutions: &[Resolution]| {
        let fields = merged.clone().settle(resolutions);
        (text_at(&fields, "fees[0].amount"), value::items(&fields, "fees").len())
    };
    assert_eq!(settled(&[Resolution::Theirs, Resolution::Theirs]), ("80.000 đồng/thẻ".into(), 1));
    assert_eq!(settled(&[Resolution::Yours, Resolution::Yours]), ("90.000 đồng/thẻ".into(), 2));
    assert_eq!(settled(&[Resolution::Own("85.000 đồng".into()), Resolution::Yours]), ("85.000 đồng".into(), 2));
    Ok(())
}

/// An app with the sample published, and two editors.
async fn house() -> Result<(House, Session, Session)> {
    let house = House::new().await?.with_guide().await?;
    for (id, name) in [("s1", "Hoa"), ("s2", "Lan")] {
        let columns = "id, login, display_name, password_hash, role, created_at";
        house.sql(&format!("INSERT INTO staff ({columns}) VALUES ('{id}', '{id}', '{name}', '', 'editor', 0)")).await?;
    }
    let editor = |id: &str, name: &str| Session { staff_id: id.into(), display_name: name.into(), ..Session::default() };
    Ok((house, editor("s1", "Hoa"), editor("s2", "Lan")))
}

/// Saves the words as the editor's draft over what it was; the new version.
async fn write(house: &House, editor: &Session, path: &str, words: &str) -> Result<i64> {
    let opened = open(&house.app, editor, ID).await?.context("no guide")?;
    let changed = with(&opened.fields, path, words)?;
    save(&house.app, editor, ID, opened.base, opened.version, &changed).await?.context("saved elsewhere")
}

async fn fee(house: &House) -> Result<String> {
    let id = house.say("tam", "làm lại căn cước bị mất lệ phí bao nhiêu").await?;
    Ok(house.messages(&id).await?.pop().context("no answer")?.text)
}

/// What Sen would say now, with no job done in between.
async fn composed(house: &House) -> Result<String> {
    let question = Question { question: "làm lại căn cước bị mất lệ phí bao nhiêu".into(), ..Question::default() };
    Ok(ask(&house.app.engine, &house.app.clock, &question).await?.answer["text"].to_string())
}

#[tokio::test]
async fn the_old_text_answers_until_the_new_one_is_in() -> Result<()> {
    let (house, hoa, _) = house().await?;
    assert!(fee(&house).await?.contains("70.000 đồng"));
    let version = write(&house, &hoa, "fees[0].amount", "80.000 đồng/thẻ").await?;
    assert!(fee(&house).await?.contains("70.000 đồng"), "a draft says nothing to citizens");
    assert_eq!(publish(&house.app, &hoa, ID, version, "mức mới").await?, Publication::Done);
    assert_eq!(house.app.engine.guide(ID).await?.map(|guide| guide.revision), Some(2));
    assert!(composed(&house).await?.contains("70.000 đồng"), "it is published, but not in the index yet");
    house.work().await?;
    assert!(composed(&house).await?.contains("80.000 đồng") && fee(&house).await?.contains("80.000 đồng"));
    let newest = content::revisions(&house.app.db, ID).await?.remove(0);
    assert_eq!((newest.author.as_str(), newest.reason.as_str()), ("Hoa", "mức mới"));
    assert_eq!(
        house.count("SELECT COUNT(*) FROM audit_log WHERE action = 'publish_guide' AND subject_name = 'Cấp lại thẻ căn cước'").await?,
        1
    );
    assert_eq!(open(&house.app, &hoa, ID).await?.map(|opened| opened.version), Some(0), "the draft is done with");
    Ok(())
}

#[tokio::test]
async fn a_draft_is_saved_over_the_version_that_was_seen_only() -> Result<()> {
    let (house, hoa, lan) = house().await?;
    let version = write(&house, &hoa, "title", "Một").await?;
    let fields = fields()?;
    assert_eq!(save(&house.app, &hoa, ID, 1, 0, &fields).await?, None);
    assert_eq!(save(&house.app, &hoa, ID, 1, version, &fields).await?, Some(version + 1));
    assert_eq!(open(&house.app, &lan, ID).await?.map(|opened| opened.version), Some(0), "another editor has another draft");
    assert_eq!(publish(&house.app, &hoa, ID, version, "").await?, Publication::Moved, "not what was seen");
    Ok(())
}

#[tokio::test]
async fn errors_do_not_go_live() -> Result<()> {
    let (house, hoa, _) = house().await?;
    let version = write(&house, &hoa, "fees[0].source", "bao-chi").await?;
    let Publication::Broken(found) = publish(&house.app, &hoa, ID, version, "").await? else { anyhow::bail!("published") };
    assert_eq!(found.iter().map(|finding| finding.field.as_str()).collect::<Vec<_>>(), ["fees[0].source"]);
    assert_eq!(content::revisions(&house.app.db, ID).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_second_to_publish_keeps_what_the_first_changed() -> Result<()> {
    let (house, hoa, lan) = house().await?;
    let hoas = write(&house, &hoa, "fees[0].amount", "80.000 đồng/thẻ").await?;
    let lans = write(&house, &lan, "times[0].duration", "5 ngày làm việc").await?;
    publish(&house.app, &hoa, ID, hoas, "mức mới").await?;
    assert_eq!(publish(&house.app, &lan, ID, lans, "nhanh hơn").await?, Publication::Moved);
    let (opened, meanwhile) = open_merged(&house.app, &lan, VI, ID).await?.context("no guide")?;
    assert!(matches!(meanwhile, Meanwhile::Merged(taken) if taken.len() == 1));
    assert_eq!(publish(&house.app, &lan, ID, opened.version, "nhanh hơn").await?, Publication::Done);
    let text = content::revision_text(&house.app.db, ID, 3).await?.unwrap_or_default();
    assert_eq!(
        text,
        TEXT.replace("70.000 đồng/thẻ", "\"80.000 đồng/thẻ\"").replace("7 ngày làm việc", "\"5 ngày làm việc\""),
        "nothing else changed"
    );

    let hoas = write(&house, &hoa, "fees[0].amount", "81.000 đồng/thẻ").await?;
    write(&house, &lan, "fees[0].amount", "82.000 đồng/thẻ").await?;
    publish(&house.app, &hoa, ID, hoas, "sửa").await?;
    let (opened, meanwhile) = open_merged(&house.app, &lan, VI, ID).await?.context("no guide")?;
    assert!(matches!(meanwhile, Meanwhile::Conflicts(merged) if merged.conflicts.len() == 1));
    assert_eq!(text_at(&opened.fields, "fees[0].amount"), "82.000 đồng/thẻ");
    Ok(())
}

#[tokio::test]
async fn one_goes_back_takes_out_of_service_and_begins_anew() -> Result<()> {
    let (house, hoa, _) = house().await?;
    let version = write(&house, &hoa, "fees[0].amount", "80.000 đồng/thẻ").await?;
    publish(&house.app, &hoa, ID, version, "mức mới").await?;
    assert_eq!(restore(&house.app, &hoa, ID, 1, 1, "nhầm").await?, Publication::Moved, "somebody else has published since");
    assert_eq!(restore(&house.app, &hoa, ID, 1, 2, "nhầm").await?, Publication::Done);
    assert_eq!(content::revision_text(&house.app.db, ID, 3).await?.as_deref(), Some(TEXT));
    assert_eq!(restore(&house.app, &hoa, ID, 1, 3, "nhầm").await?, Publication::Unchanged);
    house.work().await?;
    assert!(fee(&house).await?.contains("70.000 đồng"));

    assert!(withdraw(&house.app, &hoa, ID, "bỏ thủ tục").await?);
    house.work().await?;
    assert!(!fee(&house).await?.contains("70.000 đồng"));
    assert_eq!(restore(&house.app, &hoa, ID, 3, 3, "có lại").await?, Publication::Done);
    house.work().await?;
    assert!(fee(&house).await?.contains("70.000 đồng"));

    assert_eq!(begin(&house.app, &hoa, "Cấp lại căn cước").await?.as_deref(), Some("cap-lai-can-cuoc-2"), "the id is taken");
    assert_eq!(begin(&house.app, &hoa, "New").await?.as_deref(), Some("new-2"));
    assert_eq!(begin(&house.app, &hoa, " ?! ").await?, None);
    Ok(())
}
