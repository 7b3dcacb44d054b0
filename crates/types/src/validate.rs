//! Field checks that the console runs as a person leaves a field and the server runs again.

use crate::error::{FieldCode, FieldError};
use crate::limits;

/// A request whose fields can be wrong.
pub trait Validate {
    /// Every field error; empty when all is well.
    fn validate(&self) -> Vec<FieldError>;
}

/// What is wrong with a field, before the field has its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind.
    pub code: FieldCode,
    /// The same in English, with the limit.
    pub detail: String,
    /// The limit that was broken.
    pub limit: Option<i64>,
}

impl Fault {
    /// A fault without a numeric limit.
    #[must_use]
    pub fn new(code: FieldCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), limit: None }
    }

    /// The fault as the error of `field`.
    #[must_use]
    pub fn of(self, field: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), code: self.code, detail: self.detail, limit: self.limit }
    }
}

/// Collects the faults of many fields.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Notes the outcome of checking `field`.
    pub fn check(&mut self, field: &str, outcome: Result<(), Fault>) -> &mut Self {
        if let Err(fault) = outcome {
            self.0.push(fault.of(field));
        }
        self
    }

    /// The errors collected.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        self.0
    }
}

/// Between `min` and `max` characters once trimmed; a required field when `min` is above zero. Control characters are
/// refused.
pub fn line(text: &str, min: usize, max: usize) -> Result<(), Fault> {
    let trimmed = text.trim();
    length(trimmed, min, max)?;
    // In the whole text: trimming takes a line break at the end for white space.
    if text.chars().any(char::is_control) {
        return Err(Fault::new(FieldCode::InvalidFormat, "must not contain control characters"));
    }
    Ok(())
}

/// Between `min` and `max` characters, in several lines: no control characters but line breaks and tabs. PostgreSQL could
/// not store NUL, and no person types the others.
pub fn text(text: &str, min: usize, max: usize) -> Result<(), Fault> {
    length(text, min, max)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Fault::new(FieldCode::InvalidFormat, "must not contain control characters"));
    }
    Ok(())
}

/// Between `min` and `max` characters.
pub fn length(text: &str, min: usize, max: usize) -> Result<(), Fault> {
    let count = text.chars().count();
    if count == 0 && min > 0 {
        return Err(Fault::new(FieldCode::Required, "must not be empty"));
    }
    if count < min {
        return Err(limit(FieldCode::TooShort, format!("must have at least {min} characters"), min));
    }
    if count > max {
        return Err(limit(FieldCode::TooLong, format!("must have at most {max} characters"), max));
    }
    Ok(())
}

/// A mainland China mobile number: exactly 11 digits, the first a 1 and the second from 3 to 9.
pub fn mobile(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::new(FieldCode::Required, "must not be empty"));
    }
    let bytes = text.as_bytes();
    let well_formed = bytes.len() == limits::MOBILE_DIGITS
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes.first() == Some(&b'1')
        && bytes.get(1).is_some_and(|digit| (b'3'..=b'9').contains(digit));
    if well_formed {
        return Ok(());
    }
    Err(limit(
        FieldCode::InvalidFormat,
        "must be a mobile number of exactly 11 digits".to_owned(),
        limits::MOBILE_DIGITS,
    ))
}

/// A phone number of any country, or nothing: digits with `+`, `-`, `#`, `*`, dots, brackets and spaces between them.
pub fn phone(text: &str) -> Result<(), Fault> {
    length(text, 0, limits::CONTACT_PHONE_MAX)?;
    if text.chars().all(|c| c.is_ascii_digit() || "+-#*.() ".contains(c)) {
        return Ok(());
    }
    Err(Fault::new(FieldCode::InvalidFormat, "must be a phone number"))
}

/// An email address: a local part of words and dots (a dot-atom of RFC 5322, letters of every language as in RFC 6531), one
/// `@`, a domain with a dot. Whether it exists, only a mail can tell.
pub fn email(text: &str) -> Result<(), Fault> {
    length(text, 1, limits::EMAIL_MAX)?;
    let is_word =
        |word: &str, signs: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || signs.contains(c));
    let well_formed = text.split_once('@').is_some_and(|(local, domain)| {
        local.len() <= 64
            && local.split('.').all(|word| is_word(word, "!#$%&'*+-/=?^_`{|}~"))
            && domain.len() <= 253
            && domain.split('.').count() >= 2
            && domain.split('.').all(|label| {
                label.len() <= 63 && is_word(label, "-") && !label.starts_with('-') && !label.ends_with('-')
            })
    });
    if well_formed { Ok(()) } else { Err(Fault::new(FieldCode::InvalidFormat, "must be an email address")) }
}

/// A login account: 4 to 32 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.
pub fn account(text: &str) -> Result<(), Fault> {
    length(text, limits::ACCOUNT_MIN, limits::ACCOUNT_MAX)?;
    let well_formed = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if well_formed {
        return Ok(());
    }
    Err(Fault::new(FieldCode::InvalidFormat, "must consist of letters, digits, dots, hyphens and underscores"))
}

/// A new password: 8 to 128 characters of any kind. Whether it is easily guessed, the server looks up.
pub fn password(text: &str) -> Result<(), Fault> {
    length(text, limits::PASSWORD_MIN, limits::PASSWORD_MAX)
}

/// A verification code: exactly 6 digits.
pub fn code(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::new(FieldCode::Required, "must not be empty"));
    }
    if text.len() == limits::CODE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(limit(FieldCode::InvalidFormat, "must have exactly 6 digits".to_owned(), limits::CODE_DIGITS))
}

/// An agreement that must be ticked.
pub fn accepted(ticked: bool) -> Result<(), Fault> {
    if ticked { Ok(()) } else { Err(Fault::new(FieldCode::NotAccepted, "must be accepted")) }
}

/// A CSS colour as `#rrggbb`.
pub fn color(text: &str) -> Result<(), Fault> {
    let well_formed =
        text.len() == 7 && text.starts_with('#') && text.bytes().skip(1).all(|byte| byte.is_ascii_hexdigit());
    if well_formed { Ok(()) } else { Err(Fault::new(FieldCode::InvalidFormat, "must be a colour like #1677ff")) }
}

/// A number from `min` to `max`.
pub fn range(value: i64, min: i64, max: i64) -> Result<(), Fault> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    let bound = if value < min { min } else { max };
    Err(Fault { code: FieldCode::OutOfRange, detail: format!("must be from {min} to {max}"), limit: Some(bound) })
}

fn limit(code: FieldCode, detail: String, bound: usize) -> Fault {
    Fault { code, detail, limit: i64::try_from(bound).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mobiles_are_exactly_eleven_digits() {
        assert_eq!(mobile("13800138000"), Ok(()));
        for wrong in
            ["", "1380013800", "138001380000", "23800138000", "12800138000", "1380013800a", "１３８００１３８０００"]
        {
            assert!(mobile(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn phone_numbers_are_of_any_country_and_nothing_else() {
        for right in ["", "13800138000", "+86 138-0013-8000", "(010) 6552.9988#12"] {
            assert_eq!(phone(right), Ok(()), "{right}");
        }
        for wrong in ["一三八", "138\n", "call me", "<1>"] {
            assert_eq!(phone(wrong).unwrap_err().code, FieldCode::InvalidFormat, "{wrong}");
        }
        assert_eq!(phone(&"1".repeat(33)).unwrap_err().limit, Some(32));
    }

    #[test]
    fn emails_need_a_domain_with_a_dot() {
        for right in ["a@b.cn", "zhang.san+x@例子.中国", "o'hara@mail.example.com"] {
            assert_eq!(email(right), Ok(()), "{right}");
        }
        for wrong in ["", "a", "a@b", "@b.cn", "a@b..cn", "a@@b.cn", "a b@c.cn", "a@-b.cn", "<a@b.cn>"] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_text_has_lines_but_no_control_characters() {
        assert_eq!(text("第一行\r\n\t第二行", 0, 20), Ok(()));
        assert_eq!(text("a\0b", 0, 20).unwrap_err().code, FieldCode::InvalidFormat);
        assert_eq!(text("a\u{7}b", 0, 20).unwrap_err().code, FieldCode::InvalidFormat);
    }

    #[test]
    fn a_fault_names_its_limit() {
        assert_eq!(line(&"长".repeat(41), 1, 40).unwrap_err().limit, Some(40));
        assert_eq!(line("   ", 1, 40).unwrap_err().code, FieldCode::Required);
        assert_eq!(password("1234567").unwrap_err().limit, Some(8));
        assert_eq!(password("只有汉字也可以的"), Ok(()), "no kind of character is asked for");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            for outcome in [mobile(&text), email(&text), account(&text), password(&text), code(&text), color(&text), line(&text, 1, 5), phone(&text)] {
                let _seen = outcome.is_ok();
            }
        }
    }
}
