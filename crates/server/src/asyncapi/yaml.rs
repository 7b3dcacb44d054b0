//! Just enough YAML to write a document: block mappings and sequences; every string that could be read as anything else is
//! quoted as JSON, which YAML contains.

use serde_json::Value;

/// Writes `key: value` and all that is below it.
pub(super) fn write_entry(text: &mut String, depth: usize, key: &str, value: &Value) {
    indent(text, depth);
    text.push_str(&scalar(key));
    text.push(':');
    write_after_key(text, depth, value);
}

fn write_after_key(text: &mut String, depth: usize, value: &Value) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            text.push('\n');
            for (key, value) in entries {
                write_entry(text, depth + 1, key, value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            for item in items {
                write_item(text, depth + 1, item);
            }
        }
        Value::String(lines) if is_block(lines) => {
            text.push_str(if lines.ends_with('\n') { " |\n" } else { " |-\n" });
            for line in lines.lines() {
                if !line.is_empty() {
                    indent(text, depth + 1);
                    text.push_str(line);
                }
                text.push('\n');
            }
        }
        flat => {
            text.push(' ');
            text.push_str(&inline(flat));
            text.push('\n');
        }
    }
}

/// Writes `- value`; a mapping's first entry stands on the dash's line.
fn write_item(text: &mut String, depth: usize, item: &Value) {
    let start = text.len();
    match item {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                write_entry(text, depth + 1, key, value);
            }
            // The dash takes the place of the first entry's deepest indentation.
            let dash = start + depth * 2;
            text.replace_range(dash..dash + 2, "- ");
        }
        other => {
            indent(text, depth);
            text.push('-');
            write_after_key(text, depth, other);
        }
    }
}

fn indent(text: &mut String, depth: usize) {
    for _ in 0..depth {
        text.push_str("  ");
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(string) => scalar(string),
        other => other.to_string(),
    }
}

/// Several lines without anything that a block scalar would change.
fn is_block(string: &str) -> bool {
    string.contains('\n')
        && !string.starts_with([' ', '\n'])
        && !string.ends_with("\n\n")
        && string.lines().all(|line| line.trim_end() == line && !line.contains(char::is_control))
}

/// A plain scalar where no reader could take it for something else, a JSON string otherwise.
fn scalar(string: &str) -> String {
    let plain = string.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '$' | '_'))
        && string.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '$'))
        && !matches!(
            string.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain { string.to_owned() } else { Value::from(string).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(value: &Value) -> String {
        let mut text = String::new();
        write_entry(&mut text, 0, "root", value);
        text
    }

    #[test]
    fn mappings_and_sequences_are_blocks() {
        let value = json!({ "a": [{ "b": 1, "c": ["d"] }, "e"], "f": {}, "g": [] });
        assert_eq!(written(&value), "root:\n  a:\n    - b: 1\n      c:\n        - d\n    - e\n  f: {}\n  g: []\n");
    }

    #[test]
    fn what_could_be_read_as_something_else_is_quoted() {
        for text in ["true", "no", "3.0.0", "#x", "a: b", "", " a", "- a", "客厅", "`x`"] {
            assert_eq!(written(&json!(text)), format!("root: {}\n", json!(text)), "{text}");
        }
        assert_eq!(written(&json!("send_message")), "root: send_message\n");
    }

    #[test]
    fn several_lines_are_a_block() {
        assert_eq!(written(&json!("a\n\nb: c\n")), "root: |\n  a\n\n  b: c\n");
        assert_eq!(written(&json!("a\nb")), "root: |-\n  a\n  b\n");
    }
}
