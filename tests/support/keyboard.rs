//! Somebody without a mouse: keys, and where the focus is.

use anyhow::Result;
use serde_json::Value;

use crate::browser::Browser;

/// A key, by itself or with shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// To the next element.
    Tab,
    /// To the element before.
    BackTab,
    /// Follows, presses, sends.
    Enter,
    /// Presses.
    Space,
}

/// Where the focus is, and whether one sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// Its number among everything on the page that can have it, in the order of the page; none for the page itself.
    pub index: Option<i64>,
    /// The element's beginning, for messages.
    pub element: String,
    /// Whether it has an outline and nothing covers it.
    pub is_visible: bool,
}

/// Everything that one comes to with the tab key, in the order of the page.
const REACHABLE: &str =
    "const reachable = [...document.querySelectorAll('a[href], button, input, textarea, select, summary, [tabindex=\"0\"]')]
    .filter((element) => element.type !== 'hidden' && !element.disabled && element.checkVisibility({ visibilityProperty: true }));";

impl Browser {
    /// Strikes a key.
    ///
    /// # Errors
    /// As every call of the browser.
    pub fn strike(&self, key: Key) -> Result<()> {
        match key {
            Key::Tab => self.press('\u{e004}', false),
            Key::BackTab => self.press('\u{e004}', true),
            Key::Enter => self.press('\u{e007}', false),
            Key::Space => self.press(' ', false),
        }
    }

    /// Types a text where the focus is.
    ///
    /// # Errors
    /// As every call of the browser.
    pub fn type_text(&self, text: &str) -> Result<()> {
        text.chars().try_for_each(|letter| self.press(letter, false))
    }

    /// How many elements one comes to with the tab key.
    ///
    /// # Errors
    /// As every call of the browser.
    pub fn count_reachable(&self) -> Result<i64> {
        Ok(self.execute(&format!("{REACHABLE} return reachable.length"))?.as_i64().unwrap_or_default())
    }

    /// Where the focus is. Of its box, the middle and the corners are looked at: one of them must be seen.
    ///
    /// # Errors
    /// As every call of the browser.
    pub fn focus(&self) -> Result<Focus> {
        let seen = self.execute(&format!(
            "{REACHABLE}
             const focused = document.activeElement, style = getComputedStyle(focused);
             const box = focused.getClientRects()[0] ?? focused.getBoundingClientRect();
             const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => [box.left + x * box.width, box.top + y * box.height]);
             const isSeen = points.some(([x, y]) => focused.contains(document.elementFromPoint(x, y)));
             const hasOutline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
             return [reachable.indexOf(focused), focused.outerHTML.slice(0, 120), isSeen && hasOutline]",
        ))?;
        Ok(read(&seen))
    }
}

fn read(seen: &Value) -> Focus {
    Focus {
        index: seen[0].as_i64().filter(|index| *index >= 0),
        element: seen[1].as_str().unwrap_or_default().to_owned(),
        is_visible: seen[2].as_bool().unwrap_or_default(),
    }
}
