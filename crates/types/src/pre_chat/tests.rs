//! Whom a form asks for what, and what answers are good.

use super::*;
use crate::custom_fields::CustomField;
use uuid::Uuid;

fn id(number: u128) -> CustomFieldId {
    CustomFieldId(Uuid::from_u128(number))
}

fn custom() -> CustomFields {
    let field = |number, name: &str, kind, visitors_fill| CustomField {
        id: id(number),
        name: name.to_owned(),
        kind,
        choices: if kind == CustomFieldKind::Choice { vec!["金".to_owned(), "银".to_owned()] } else { Vec::new() },
        visitors_fill,
    };
    let items = vec![
        field(1, "会员", CustomFieldKind::Choice, true),
        field(2, "生日", CustomFieldKind::Date, true),
        field(3, "信用", CustomFieldKind::Number, false),
    ];
    CustomFields { version: 1, items }
}

fn form(fields: &[PreChatField]) -> PreChatForm {
    PreChatForm { enabled: true, title: String::new(), fields: fields.to_vec() }
}

const NAME: PreChatField = PreChatField::Name { required: true };
const PHONE: PreChatField = PreChatField::Phone { required: false };

fn level(required: bool) -> PreChatField {
    PreChatField::Custom { field_id: id(1), required }
}

fn value(number: u128, value: &str) -> CustomValue {
    CustomValue { field_id: id(number), value: value.to_owned() }
}

fn keys(form: Option<VisitorForm>) -> Vec<String> {
    form.map(|form| form.fields.into_iter().map(|field| field.field).collect()).unwrap_or_default()
}

#[test]
fn what_is_known_is_not_asked() {
    let (form, custom) = (form(&[NAME, PHONE, level(true)]), custom());
    let asked = |known: &Known<'_>| keys(form.to_ask(&custom, known));
    let level = id(1).to_string();
    assert_eq!(asked(&Known::default()), ["name", "phone", &level]);
    let stands = [value(1, "旧")];
    // What an agent wrote counts, whatever it is; what a page says counts if it can be stored.
    let told = [value(1, "铜")];
    assert_eq!(asked(&Known { name: Some("林"), told: &told, ..Known::default() }), ["phone", &level]);
    assert_eq!(asked(&Known { name: Some(" "), stands: &stands, ..Known::default() }), ["name", "phone"]);
    // All that is required is known: nobody is asked for the rest.
    let all = Known { name: Some("林"), stands: &stands, ..Known::default() };
    assert_eq!(form.to_ask(&custom, &all), None);
    assert!(!form.is_unanswered(&custom, &all) && form.is_unanswered(&custom, &Known::default()));
    assert_eq!(form.open_fields(&custom, &all).len(), 1, "an answer to it is taken all the same");
    let off = PreChatForm { enabled: false, ..form };
    assert!(off.to_ask(&custom, &Known::default()).is_none() && !off.is_unanswered(&custom, &Known::default()));
}

#[test]
fn a_form_that_requires_nothing_is_shown_once() {
    let (form, custom) = (form(&[PHONE, level(false)]), custom());
    assert_eq!(keys(form.to_ask(&custom, &Known::default())).len(), 2);
    assert_eq!(form.to_ask(&custom, &Known { is_contact: true, ..Known::default() }), None);
    assert!(!form.is_unanswered(&custom, &Known::default()));
}

#[test]
fn what_visitors_may_not_fill_is_not_asked_and_holds_nobody_up() {
    let custom = custom();
    for gone in [3, 9] {
        let asked = PreChatField::Custom { field_id: id(gone), required: true };
        let form = form(&[asked]);
        assert!(form.to_ask(&custom, &Known::default()).is_none());
        assert!(!form.is_unanswered(&custom, &Known::default()));
        let faults: Vec<_> = form.faults("style.form", &PreChatForm::default(), &custom);
        assert_eq!(faults.first().map(|fault| fault.field.as_str()), Some("style.form.fields[0].field_id"));
        // One that stood there before is no fault of whoever saves.
        assert_eq!(form.faults("style.form", &form, &custom), []);
    }
    assert_eq!(form(&[NAME, level(true)]).faults("x", &PreChatForm::default(), &custom), []);
}

#[test]
fn a_form_has_its_limits() {
    let faults = |form: PreChatForm| {
        let mut faults = Faults::default();
        form.check("form", &mut faults);
        faults.into_errors().into_iter().map(|fault| (fault.field, fault.code)).collect::<Vec<_>>()
    };
    assert_eq!(faults(form(&[NAME, PHONE])), []);
    assert_eq!(faults(PreChatForm::default()), []);
    assert_eq!(faults(form(&[])), [("form.fields".to_owned(), FieldCode::Required)]);
    let twice = form(&[NAME, PHONE, NAME.requiring(false)]);
    assert_eq!(faults(twice), [("form.fields[2]".to_owned(), FieldCode::Taken)]);
    let many = (0..9).map(|number| PreChatField::Custom { field_id: id(number), required: false });
    assert_eq!(faults(form(&many.collect::<Vec<_>>())), [("form.fields".to_owned(), FieldCode::TooLong)]);
    let long = PreChatForm { title: "长".repeat(61), ..PreChatForm::default() };
    assert_eq!(faults(long), [("form.title".to_owned(), FieldCode::TooLong)]);
}

#[test]
fn answers_are_checked_where_they_stand() {
    let (form, custom) = (form(&[NAME, PHONE, level(true)]), custom());
    let open = form.open_fields(&custom, &Known::default());
    let given = |answers: &[(&str, &str)]| -> Vec<VisitorAnswer> {
        let answer = |(field, value): &(&str, &str)| VisitorAnswer { field: (*field).into(), value: (*value).into() };
        answers.iter().map(answer).collect()
    };
    let faults = |answers: &[(&str, &str)]| {
        let faults = take(&open, &custom, &given(answers)).unwrap_err();
        faults.into_iter().map(|fault| (fault.field, fault.code)).collect::<Vec<_>>()
    };
    let level = id(1).to_string();
    assert_eq!(faults(&[("phone", "+ -"), ("name", "林"), (&level, "金")]).len(), 1, "nobody can be called by it");
    let wrong = faults(&[("phone", "call me"), ("name", " "), (&level, "铜")]);
    let expected = [
        ("answers[1].value", FieldCode::Required),
        ("answers[0].value", FieldCode::InvalidFormat),
        ("answers[2].value", FieldCode::Wrong),
    ];
    assert_eq!(wrong, expected.map(|(field, code)| (field.to_owned(), code)));
    assert_eq!(faults(&[("name", "林")]), [("answers".to_owned(), FieldCode::Required)], "of another form");
    let good = given(&[("unknown", "x"), (&level, " 金 "), ("name", " 林小满"), ("name", "别人")]);
    let expected = Answers { name: Some("林小满".to_owned()), phone: None, custom: vec![value(1, "金")] };
    assert_eq!(take(&open, &custom, &good), Ok(expected));
}

#[test]
fn the_mark_changes_with_what_is_asked() {
    let forms = [
        form(&[NAME, PHONE]),
        form(&[PHONE, NAME]),
        form(&[NAME.requiring(false), PHONE]),
        PreChatForm { title: "您好".to_owned(), ..form(&[NAME, PHONE]) },
    ];
    let marks: HashSet<_> = forms.iter().map(PreChatForm::mark).collect();
    assert_eq!(marks.len(), forms.len());
    assert_eq!(PreChatForm { enabled: false, ..form(&[NAME]) }.mark(), None);
}

#[test]
fn a_form_is_read_as_it_is_written() {
    let text = format!(
        r#"{{"enabled":true,"title":"","fields":[{{"kind":"name","required":true}},{{"kind":"custom","field_id":"{}","required":false}}]}}"#,
        id(1)
    );
    let read: PreChatForm = serde_json::from_str(&text).unwrap();
    assert_eq!(read, form(&[NAME, level(false)]));
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    for wrong in [
        r#"{"kind":"phone","colour":"x"}"#.to_owned(),
        r#"{"kind":"custom"}"#.to_owned(),
        r#"{"kind":"email"}"#.to_owned(),
        format!(r#"{{"kind":"name","field_id":"{}"}}"#, id(1)),
    ] {
        assert!(serde_json::from_str::<PreChatField>(&wrong).is_err(), "{wrong}");
    }
}
