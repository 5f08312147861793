//! The form's fields: the table of [`GUIDE`] over the words of a draft, each with what the checker says of it.

use askama::Template;
use indexer::check::{Finding, Severity};

use crate::knowledge::fields::{Field, GUIDE, Kind};
use crate::knowledge::findings::sentence;
use crate::knowledge::path::{self, element_id};
use crate::knowledge::value::{self, Row, Value};
use crate::language::{Language, filters, t, tf};

/// One field, or a list of rows with their fields.
#[derive(Template)]
#[template(path = "staff/content/field.html")]
pub(super) struct FieldView {
    /// The control's name: the field's path.
    name: String,
    id: String,
    label: String,
    hint: &'static str,
    optional: bool,
    control: Control,
    findings: Vec<FindingView>,
}

enum Control {
    Line(String),
    Text(String),
    Day(String),
    Choice(Vec<OptionView>),
    Rows { rows: Vec<RowView>, one: String },
}

struct OptionView {
    key: String,
    label: String,
    chosen: bool,
}

struct RowView {
    path: String,
    id: String,
    title: String,
    /// A single item, whose field says everything.
    is_item: bool,
    fields: Vec<FieldView>,
    findings: Vec<FindingView>,
    is_first: bool,
    is_last: bool,
}

/// What the checker says.
#[derive(Clone, serde::Serialize)]
pub(super) struct FindingView {
    /// The id of the element that it is about.
    pub(super) at: String,
    /// Whether it keeps the guide from going live.
    pub(super) is_error: bool,
    /// One sentence, in Vietnamese.
    pub(super) words: String,
}

impl FieldView {
    fn is_invalid(&self) -> bool {
        self.findings.iter().any(|finding| finding.is_error)
    }
}

/// Findings with the elements that they are about: the items of a box are told at the box.
pub(super) fn placed(findings: &[Finding]) -> Vec<FindingView> {
    let place = |finding: &Finding| {
        let list = path::item(&finding.field).filter(|(list, _)| path::field(list).is_some_and(|field| matches!(field.kind, Kind::Lines)));
        element_id(list.map_or(finding.field.as_str(), |(list, _)| list))
    };
    let view =
        |finding: &Finding| FindingView { at: place(finding), is_error: finding.severity == Severity::Error, words: sentence(finding) };
    findings.iter().map(view).collect()
}

/// All fields of the form.
pub(super) fn fields(language: Language, row: &Row, findings: &[FindingView]) -> Vec<FieldView> {
    let sources: Vec<(String, String)> = value::items(row, "sources")
        .iter()
        .filter_map(Value::row)
        .map(|source| (value::text(source, "id").to_owned(), value::text(source, "title").to_owned()))
        .collect();
    Builder { language, findings, sources }.row(GUIDE, row, "")
}

struct Builder<'a> {
    language: Language,
    findings: &'a [FindingView],
    /// Ids and titles.
    sources: Vec<(String, String)>,
}

impl Builder<'_> {
    fn row(&self, fields: &[Field], row: &Row, prefix: &str) -> Vec<FieldView> {
        let view = |field: &Field| {
            let name = format!("{prefix}{}", field.key);
            let blank = Value::blank(&field.kind);
            let value = row.get(field.key).unwrap_or(&blank);
            let control = self.control(field, value, &name);
            FieldView {
                label: t(self.language, field.label).to_owned(),
                hint: field.hint,
                optional: field.optional,
                control,
                ..self.empty(name)
            }
        };
        fields.iter().map(view).collect()
    }

    fn empty(&self, name: String) -> FieldView {
        let id = element_id(&name);
        let findings = self.findings_at(&id);
        FieldView { name, id, label: String::new(), hint: "", optional: false, control: Control::Line(String::new()), findings }
    }

    fn findings_at(&self, id: &str) -> Vec<FindingView> {
        self.findings.iter().filter(|finding| finding.at == id).cloned().collect()
    }

    fn control(&self, field: &Field, value: &Value, name: &str) -> Control {
        let text = value.text().to_owned();
        match &field.kind {
            Kind::Line => Control::Line(text),
            Kind::Text => Control::Text(text),
            Kind::Day => Control::Day(text),
            Kind::Lines => Control::Text(value.items().iter().map(Value::text).collect::<Vec<_>>().join("\n")),
            Kind::Choice(choices) => {
                let choices = choices.iter().map(|(key, label)| ((*key).to_owned(), t(self.language, label).to_owned()));
                Control::Choice(self.options(choices, &text, field.optional.then(|| t(self.language, "Không ghi"))))
            }
            Kind::Source => {
                let choices = self.sources.iter().map(|(id, title)| (id.clone(), format!("{id} ({title})")));
                Control::Choice(self.options(choices, &text, field.optional.then(|| t(self.language, "Nguồn thứ nhất"))))
            }
            Kind::Items(one) => Control::Rows { rows: self.items(value.items(), name, one), one: t(self.language, one).to_owned() },
            Kind::Rows(one, fields) => {
                Control::Rows { rows: self.rows(fields, value.items(), name, one), one: t(self.language, one).to_owned() }
            }
        }
    }

    fn rows(&self, fields: &[Field], rows: &[Value], name: &str, one: &str) -> Vec<RowView> {
        let view = |(at, row): (usize, &Row)| {
            let shell = self.shell(name, one, at, rows.len());
            RowView { fields: self.row(fields, row, &format!("{}.", shell.path)), findings: self.findings_at(&shell.id), ..shell }
        };
        rows.iter().filter_map(Value::row).enumerate().map(view).collect()
    }

    fn items(&self, items: &[Value], name: &str, one: &str) -> Vec<RowView> {
        let view = |(at, item): (usize, &Value)| {
            let shell = self.shell(name, one, at, items.len());
            let control = Control::Text(item.text().to_owned());
            let field = FieldView { label: shell.title.clone(), control, ..self.empty(shell.path.clone()) };
            RowView { fields: vec![field], is_item: true, ..shell }
        };
        items.iter().enumerate().map(view).collect()
    }

    fn shell(&self, name: &str, one: &str, at: usize, of: usize) -> RowView {
        let path = format!("{name}[{at}]");
        let mut letters = t(self.language, one).chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        RowView {
            id: element_id(&path),
            path,
            title: format!("{first}{} {}", letters.as_str(), at + 1),
            is_item: false,
            fields: Vec::new(),
            findings: Vec::new(),
            is_first: at == 0,
            is_last: at + 1 == of,
        }
    }

    /// The choices, with what is there but is none of them, so that nothing changes unseen.
    fn options(&self, choices: impl Iterator<Item = (String, String)>, chosen: &str, none: Option<&str>) -> Vec<OptionView> {
        let view = |(key, label): (String, String)| OptionView { chosen: key == chosen, key, label };
        let none = none.map(|label| (String::new(), label.to_owned()));
        let mut options: Vec<OptionView> = none.into_iter().chain(choices).map(view).collect();
        if options.iter().all(|option| !option.chosen) {
            let label = if chosen.is_empty() {
                t(self.language, "Chưa chọn").to_owned()
            } else {
                tf(self.language, "{key} (không có trong danh sách)", &[("key", &chosen)])
            };
            options.insert(0, OptionView { key: chosen.to_owned(), label, chosen: true });
        }
        options
    }
}
