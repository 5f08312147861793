//! Filters of pages. A module with a page has `use crate::language::filters;`, its template writes `{{ "Gửi"|t }}` and
//! `{{ "{days} ngày"|t|with("days", days) }}`. [`render`](crate::router::page::render) says in which language.

#![expect(unreachable_pub, reason = "the macro of filters writes public methods")]

use std::any::Any;
use std::fmt::Display;

use askama::Values;
use askama::filters::Safe;

use super::Language;

const KEY: &str = "language";

impl Values for Language {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == KEY).then_some(self)
    }
}

fn of(values: &dyn Values) -> Language {
    askama::get_value::<Language>(values, KEY).copied().unwrap_or_default()
}

/// The words in the page's language.
#[askama::filter_fn]
pub(crate) fn t(words: impl AsRef<str>, values: &dyn Values) -> askama::Result<String> {
    Ok(super::t(of(values), words.as_ref()).to_owned())
}

/// Puts a value in the place of `{name}`.
#[askama::filter_fn]
pub(crate) fn with<T: Display>(words: impl AsRef<str>, _: &dyn Values, name: &str, value: T) -> askama::Result<String> {
    Ok(words.as_ref().replace(&format!("{{{name}}}"), &value.to_string()))
}

/// The attribute ` lang="vi"` where a text of people or guides, which is shown as it is, is Vietnamese.
#[askama::filter_fn]
pub(crate) fn lang(text: impl AsRef<str>, _: &dyn Values) -> askama::Result<Safe<&'static str>> {
    Ok(Safe(if indexer::lexical::has_diacritics(text.as_ref()) { " lang=\"vi\"" } else { "" }))
}
