//! What a member of staff may do.

use crate::language::vi;

/// Closed set: every account has one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything, accounts among it.
    Administrator,
    /// Writes and publishes guides.
    Editor,
    /// Answers citizens.
    #[default]
    Clerk,
}

impl Role {
    /// All of them, in the order in which forms offer them: the least powerful first.
    pub(crate) const ALL: [Self; 3] = [Self::Clerk, Self::Editor, Self::Administrator];

    /// The name in tables and forms.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Editor => "editor",
            Self::Clerk => "clerk",
        }
    }

    /// Reads back [`Role::key`].
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// As staff read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Administrator => vi("Quản trị viên"),
            Self::Editor => vi("Biên tập viên"),
            Self::Clerk => vi("Cán bộ trả lời"),
        }
    }

    /// Where the console begins.
    pub(crate) fn home(self) -> &'static str {
        match self {
            Self::Administrator | Self::Clerk => "/staff",
            Self::Editor => "/staff/content",
        }
    }

    /// Whether this role may open a route of the console, page or form, named as the router names it. What is not named here
    /// is for administrators only.
    pub(crate) fn may(self, route: &str) -> bool {
        match route {
            "/staff/logout" | "/staff/events" => true,
            route if is_below(route, "/staff/account") => true,
            "/staff" => self != Self::Editor,
            route if ["/staff/tickets", "/staff/attachments", "/staff/dead-letters"].iter().any(|part| is_below(route, part)) => {
                self != Self::Editor
            }
            route if is_below(route, "/staff/content") => self != Self::Clerk,
            _ => self == Self::Administrator,
        }
    }
}

/// One sentence for somebody who may not open this route: who may.
pub(crate) fn reserved_for(route: &str) -> &'static str {
    match (Role::Clerk.may(route), Role::Editor.may(route)) {
        (true, _) => vi("Trang này dành cho cán bộ trả lời và quản trị viên."),
        (false, true) => vi("Trang này dành cho biên tập viên và quản trị viên."),
        (false, false) => vi("Trang này dành cho quản trị viên."),
    }
}

fn is_below(route: &str, part: &str) -> bool {
    route.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_opens_its_own_part_of_the_console() {
        let who = |route: &str| Role::ALL.map(|role| role.may(route));
        assert_eq!(who("/staff/tickets/{id}/reply"), [true, false, true]);
        assert_eq!(who("/staff/content/{id}"), [false, true, true]);
        assert_eq!(who("/staff/account/password"), [true, true, true]);
        for closed in ["/staff/accounts", "/staff/audit", "/staff/content-of-tomorrow", "/staff/ticketsx"] {
            assert_eq!(who(closed), [false, false, true], "{closed}");
        }
        for role in Role::ALL {
            assert!(role.may(role.home()));
        }
    }

    #[test]
    fn a_refusal_says_who_may() {
        assert!(reserved_for("/staff/accounts").ends_with("dành cho quản trị viên."));
        assert!(reserved_for("/staff/tickets/{id}").contains("cán bộ trả lời"));
        assert!(reserved_for("/staff/content").contains("biên tập viên"));
    }
}
