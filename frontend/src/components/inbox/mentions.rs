//! Whom a note mentions: what is being typed after an `@`, who may be meant, who is mentioned in the end.

use types::id::AgentId;

/// The longest name that is looked for.
const NAME_MAX: usize = 20;

/// What is being typed after the last `@` before the caret, when that begins a mention and not the middle of an address.
pub fn asked(before_caret: &str) -> Option<&str> {
    let (head, name) = before_caret.rsplit_once(['@', '＠'])?;
    let is_name = name.chars().count() <= NAME_MAX && !name.contains(char::is_whitespace);
    (begins(head) && is_name).then_some(name)
}

/// Whether an `@` behind this is not in the middle of an address.
fn begins(head: &str) -> bool {
    !head.ends_with(|before: char| before.is_ascii_alphanumeric())
}

/// Whether somebody of this name may be meant.
pub fn may_mean(name: &str, typed: &str) -> bool {
    name.to_lowercase().contains(&typed.to_lowercase())
}

/// How a mention is written, with what follows it.
pub fn written(name: &str) -> String {
    format!("@{name} ")
}

/// Those of these agents whom a text mentions, everybody once, in the text's order. At each `@` the longest name counts; where
/// several have it, those of them who were chosen, or else all of them.
pub fn mentioned(text: &str, agents: &[(AgentId, String)], chosen: &[AgentId]) -> Vec<AgentId> {
    let mut mentioned = Vec::new();
    for (at, _) in text.match_indices(['@', '＠']) {
        let Some((_, rest)) = text.split_at_checked(at).filter(|(head, _)| begins(head)) else { continue };
        let after = rest.strip_prefix(['@', '＠']).unwrap_or(rest);
        let named = agents.iter().filter(|(_, name)| is_named(after, name));
        let Some(longest) = named.clone().map(|(_, name)| name.len()).max() else { continue };
        let meant: Vec<AgentId> = named.filter(|(_, name)| name.len() == longest).map(|(id, _)| *id).collect();
        let one_chosen = meant.iter().any(|id| chosen.contains(id));
        for id in meant {
            if !mentioned.contains(&id) && (!one_chosen || chosen.contains(&id)) {
                mentioned.push(id);
            }
        }
    }
    mentioned
}

/// Whether this name stands at the beginning, and not only the beginning of a longer word.
fn is_named(after: &str, name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric();
    let rest = after.strip_prefix(name).filter(|_| !name.is_empty());
    rest.is_some_and(|rest| !(name.ends_with(word) && rest.starts_with(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_at_sign_asks_and_an_address_does_not() {
        for (before, expected) in [
            ("请@", Some("")),
            ("@王", Some("王")),
            ("好 @ada", Some("ada")),
            ("＠李", Some("李")),
            ("a@example", None),
            ("@王 小", None),
            ("没有", None),
            ("@一二三四五六七八九十一二三四五六七八九十一", None),
        ] {
            assert_eq!(asked(before), expected, "{before}");
        }
    }

    #[test]
    fn who_is_meant_is_found_by_any_part_of_the_name() {
        assert!(may_mean("Ada King", "king") && may_mean("王小明", "小") && may_mean("王小明", ""));
        assert!(!may_mean("王小明", "李"));
    }

    fn id(number: i32) -> AgentId {
        format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
    }

    #[test]
    fn the_text_says_who_is_mentioned_and_the_longest_name_counts() {
        let agents = [(id(1), "王".to_owned()), (id(2), "王小明".to_owned()), (id(3), "Ada King".to_owned())];
        for (text, expected) in [
            ("@王 看一下", vec![id(1)]),
            ("@王小明看一下，@王也看", vec![id(2), id(1)]),
            ("抄送 ＠Ada King，@王 @王", vec![id(3), id(1)]),
            ("看一下", vec![]),
            ("a@王 是地址", vec![]),
            ("@李", vec![]),
            ("@Ada Kingsley", vec![]),
            ("@Ada King好", vec![id(3)]),
        ] {
            assert_eq!(mentioned(text, &agents, &[]), expected, "{text}");
        }
    }

    #[test]
    fn of_two_who_have_one_name_the_chosen_one_is_meant() {
        let agents = [(id(1), "王".to_owned()), (id(2), "王".to_owned())];
        assert_eq!(mentioned("@王", &agents, &[]), [id(1), id(2)]);
        assert_eq!(mentioned("@王", &agents, &[id(2)]), [id(2)]);
    }
}
