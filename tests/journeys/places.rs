//! Which office now: old names, homonyms, a shared position, and the desk of one's own commune under an answer.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::telegram::Simulator;
use tests::{Citizen, Client, DataFolder, Server};

use crate::telegram::{HOA, connected, meet, reply_after, said};

const MERGED: &str = "xã nghi văn sáp nhập rồi, chừ thuộc xã mô";
const CARD: &str = "mất thẻ căn cước làm lại hết bao nhiêu tiền";

/// The words without what their markup leaves between them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", ".")
}

#[test]
fn an_old_commune_leads_to_its_desk_and_is_remembered_on_the_web() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    let place = citizen.ask(MERGED)?;
    for part in [
        "Xã Nghi Văn (huyện Nghi Lộc cũ) nay thuộc xã Văn Kiều",
        "01/7/2025",
        "1678/NQ-UBTVQH15",
        "Trung tâm Phục vụ hành chính công xã Văn Kiều",
    ] {
        ensure!(words(&place.text).contains(part), "{part}: {}", place.text);
    }
    ensure!(!citizen.ask(CARD)?.text.contains("Văn Kiều"), "nobody asked Sen to remember");
    let kept = citizen.ask("nhớ nơi ở của tôi")?;
    ensure!(words(&kept.text).contains("xã Văn Kiều"), "{}", kept.text);
    let answer = words(&citizen.ask(CARD)?.text);
    ensure!(answer.contains("Nơi nộp ở xã Văn Kiều: Công an xã Văn Kiều"), "{answer}");
    citizen.press("Quên nơi ở").context("the button of the reply that remembered")?;
    ensure!(!citizen.ask(CARD)?.text.contains("Văn Kiều"));
    Ok(())
}

#[test]
fn a_name_of_two_communes_gives_no_desk_before_it_is_told_which() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    let which = citizen.ask("mất thẻ căn cước làm lại ở xã nghi van hết bao nhiêu tiền")?;
    ensure!(which.text.contains("70.000 đồng") && !which.text.contains("Công an xã"), "no desk is guessed: {}", which.text);
    let label = which.buttons.iter().map(|(label, _)| label).find(|label| label.starts_with("Xã Nghi Vạn")).context("no choice")?.clone();
    let answer = words(&citizen.press(&label)?.text);
    ensure!(answer.contains("Xã Nghi Vạn (huyện Nghi Lộc cũ) nay thuộc xã Nghi Lộc"), "{answer}");
    ensure!(answer.contains("70.000 đồng") && answer.contains("Công an xã Nghi Lộc"), "{answer}");
    Ok(())
}

#[test]
fn a_commune_without_a_name_is_asked_for() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut citizen = Citizen::new(&server);
    let where_ = citizen.ask("xã tui sáp nhập rồi, đi mô làm giấy?")?;
    ensure!(where_.text.contains("Anh/chị ở xã, phường nào?"), "{}", where_.text);
    let place = citizen.ask("nghi phú, tp vinh")?;
    ensure!(words(&place.text).contains("nay thuộc phường Vinh Phú"), "{}", place.text);
    Ok(())
}

#[test]
fn a_position_shared_on_telegram_is_confirmed_before_it_counts() -> Result<()> {
    let simulator = Simulator::start()?;
    meet(&simulator);
    let _server = Server::start(connected(DataFolder::filled()?, &simulator))?;
    let shared = simulator.send_location(HOA, 18.7216, 105.686)?;
    let near = reply_after(&simulator, HOA, shared.message_id)?;
    ensure!(near.text.contains("Phường Vinh Phú (≈ 0,0 km)") && near.text.contains("chưa chắc là xã mình"), "{}", near.text);
    simulator.press(HOA, near.message_id, "Phường Vinh Phú")?;
    let place = reply_after(&simulator, HOA, near.message_id)?;
    ensure!(place.text.contains("Trung tâm Phục vụ hành chính công phường Vinh Phú"), "{}", place.text);
    simulator.press(HOA, place.message_id, "Nhớ nơi ở của tôi")?;
    reply_after(&simulator, HOA, place.message_id)?;
    let answer = said(&simulator, HOA, CARD)?;
    ensure!(answer.text.contains("Nơi nộp ở phường Vinh Phú"), "{}", answer.text);
    let far = simulator.send_location(HOA, 21.03, 105.85)?;
    let far = reply_after(&simulator, HOA, far.message_id)?;
    ensure!(far.text.contains("không thấy xã, phường nào của Nghệ An"), "{}", far.text);
    Ok(())
}

#[test]
fn other_programs_look_places_up() -> Result<()> {
    let server = Server::start(DataFolder::filled()?)?;
    let mut client = Client::new(&server.url);
    let found: Value = serde_json::from_str(&client.get("/api/v1/places?q=nghi%20ph%C3%BA")?.body)?;
    let place = &found["places"][0];
    assert_eq!((place["name"].as_str(), place["now"]["name"].as_str()), (Some("Phường Nghi Phú"), Some("Phường Vinh Phú")));
    for bad in ["/api/v1/places", "/api/v1/places?q=", &format!("/api/v1/places?q={}", "a".repeat(101))] {
        let refused = client.get(bad)?;
        assert_eq!(refused.status, 400, "{bad}");
        ensure!(serde_json::from_str::<Value>(&refused.body)?["error"].is_string());
    }
    let document: Value = serde_json::from_str(&client.get("/api/v1/openapi.json")?.body)?;
    ensure!(document["paths"]["/api/v1/places"]["get"].is_object());
    Ok(())
}
