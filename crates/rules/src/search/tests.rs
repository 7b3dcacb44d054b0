//! Search over texts: what is found, what is not, and that the index never hides what the text has.

use super::*;
use proptest::prelude::*;

fn question(typed: &str) -> Question {
    Question::read(typed).unwrap_or_else(|| panic!("{typed:?} asks for nothing"))
}

/// Whether the index proposes a text of these terms.
fn is_proposed(question: &Question, terms: &[String]) -> bool {
    question.terms().iter().all(|wanted| {
        terms.iter().any(|term| if wanted.is_beginning { term.starts_with(&wanted.text) } else { *term == wanted.text })
    })
}

/// What is found, as text; `None` when it is not. What the index proposes and what the text has must agree.
fn found(typed: &str, text: &str) -> Option<Vec<String>> {
    let question = question(typed);
    let places = question.find(text);
    assert!(places.is_none() || is_proposed(&question, &terms(text)), "{typed:?} is in {text:?}, and not in its terms");
    let part = |place: Range<usize>| text.chars().skip(place.start).take(place.len()).collect();
    places.map(|places| places.into_iter().map(part).collect())
}

#[test]
fn chinese_words_of_any_length_are_found() {
    let text = "您好，我想申请退款，订单还没发货。";
    for word in ["退", "退款", "申请退", "申请退款", "没发货"] {
        assert_eq!(found(word, text), Some(vec![word.to_owned()]), "{word}");
    }
    for absent in ["款退", "退货", "请退款订", "单退"] {
        assert_eq!(found(absent, text), None, "{absent}");
    }
    assert_eq!(found("发货 退款", text), Some(vec!["退款".to_owned(), "发货".to_owned()]), "in any order");
}

#[test]
fn pairs_that_do_not_touch_are_proposed_and_not_found() {
    let (question, text) = (question("我们的"), "他们的，和我们");
    assert!(is_proposed(&question, &terms(text)));
    assert_eq!(question.find(text), None);
}

#[test]
fn words_and_numbers_are_found_while_they_are_typed() {
    let text = "Where is my Refund for order SF1234567890? iPhone15 Pro";
    for (typed, shown) in [
        ("r", "R"),
        ("refu", "Refu"),
        ("REFUND", "Refund"),
        ("order sf123", "order"),
        ("1234567890", "1234567890"),
        ("123456789", "123456789"),
        ("7890", "7890"),
        ("sf1234567890", "SF1234567890"),
        ("iphone15", "iPhone15"),
        ("15", "15"),
    ] {
        assert_eq!(found(typed, text).and_then(|found| found.into_iter().next()).as_deref(), Some(shown), "{typed}");
    }
    for absent in ["efund", "5678", "567890", "iphone16", "orderrefund"] {
        assert_eq!(found(absent, text), None, "{absent}");
    }
}

#[test]
fn mixed_text_written_together_stands_together() {
    let text = "我的iPhone手机壳，A4纸";
    assert_eq!(found("iphone手机", text), Some(vec!["iPhone手机".to_owned()]));
    assert_eq!(found("的iphone手机壳", text), Some(vec!["的iPhone手机壳".to_owned()]));
    assert_eq!(found("a4纸", text), Some(vec!["A4纸".to_owned()]));
    assert_eq!(found("手机iphone", text), None);
    assert_eq!(found("手机 iphone", text).map(|found| found.len()), Some(1), "they touch, so they are one place");
}

#[test]
fn case_width_accents_and_presentation_make_no_difference() {
    for (typed, text) in [
        ("vip", "ＶＩＰ客户"),
        ("ＶＩＰ", "vip客户"),
        ("cafe", "Café"),
        ("straße", "STRASSE and straße"),
        ("ok", "o\u{200b}k"),
        ("カタカナ", "カタカナ"),
        ("123", "１２３"),
        ("สวัสดี", "สวัสดีครับ"),
        ("안녕", "안녕하세요"),
    ] {
        assert!(found(typed, text).is_some(), "{typed} in {text}");
    }
    assert_eq!(found("か", "が"), None, "another syllable");
    assert_eq!(found("ＶＩＰ", "a vip"), Some(vec!["vip".to_owned()]));
}

#[test]
fn signs_alone_ask_for_nothing() {
    for nothing in ["", "   ", "?!", "😀", "，。", "\u{200b}"] {
        assert_eq!(Question::read(nothing), None, "{nothing:?}");
    }
}

#[test]
fn terms_consist_of_letters_and_digits() {
    let terms = terms("It's \"退款\" & (it) 'x':* | <-> ! \\ #1 №5 a_b");
    assert!(terms.iter().all(|term| !term.is_empty() && term.chars().all(char::is_alphanumeric)), "{terms:?}");
}

#[test]
fn a_snippet_shows_what_was_found_in_context() {
    let text = format!("{}退款{}", "前".repeat(200), "后\n".repeat(100));
    let places = question("退款").find(&text).unwrap();
    let snippet = snippet(&text, &places);
    let shown: String = snippet.text.chars().skip(snippet.places[0].start).take(snippet.places[0].len()).collect();
    assert_eq!(shown, "退款");
    assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…') && !snippet.text.contains('\n'));
    let places = question("退款").find("要退款").unwrap();
    let short = super::snippet("要退款", &places);
    assert_eq!((short.text.as_str(), short.places), ("要退款", places));
}

proptest! {
    /// Whatever part of a text somebody takes that begins where a run begins, or lies within a script without spaces, is found,
    /// and the index proposes the text.
    #[test]
    fn what_stands_in_a_text_is_found(
        text in "[a-zA-Z0-9 退款订单发货你好，。!éＡか한]{1,60}",
        from in any::<prop::sample::Index>(),
        length in 1_usize..12,
    ) {
        let letters = letters(&text);
        let runs: Vec<Run> = runs(&letters).collect();
        prop_assume!(!runs.is_empty());
        let run = runs[from.index(runs.len())];
        let end = (run.start + length).min(run.end);
        let typed: String = letters[run.start..end].iter().map(|letter| letter.character).collect();
        let question = question(&typed);
        prop_assert!(question.find(&text).is_some(), "{typed:?} in {text:?}");
        prop_assert!(is_proposed(&question, &terms(&text)), "{typed:?} in the terms of {text:?}");
    }

    /// The index never hides a text that has what is looked for, whatever both are.
    #[test]
    fn whatever_is_found_is_proposed(text in "\\PC{0,40}", typed in "\\PC{1,6}") {
        if let Some(question) = Question::read(&typed)
            && question.find(&text).is_some()
        {
            prop_assert!(is_proposed(&question, &terms(&text)));
        }
    }

    /// Places lie within the text, in order, apart from each other, and so do those of the snippet.
    #[test]
    fn places_lie_within_the_text(text in "\\PC{0,200}退款\\PC{0,200}") {
        let places = question("退款").find(&text).unwrap();
        let snippet = snippet(&text, &places);
        for (text, places) in [(text.as_str(), places), (snippet.text.as_str(), snippet.places)] {
            prop_assert!(!places.is_empty());
            let mut before = 0;
            for place in places {
                prop_assert!(place.start >= before && place.start < place.end && place.end <= text.chars().count());
                before = place.end;
            }
        }
    }
}
