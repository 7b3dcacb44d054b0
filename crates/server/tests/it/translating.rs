//! Translating messages: by either service, for whoever sees them, once, and never at the price of anything else.

use crate::attachments;
use crate::scene::{Scene, scene};
use reqwest::Method;
use serde_json::json;
use server::config::TranslationProvider;
use testkit::{AgentCaller, Answer, TestServer, TranslationService, db_tests, until};
use types::agents::Role;
use types::error::ErrorCode;
use types::id::{ConversationId, MessageId};
use types::messages::Message;
use types::server_info::ServerInfo;
use types::translation::{Language, TranslateMessage, Translation};

db_tests!(
    a_message_is_translated_by_either_service,
    without_a_service_nothing_is_translated,
    the_same_is_asked_for_once_also_at_the_same_time,
    only_who_sees_a_message_has_it_translated,
    only_words_are_translated_and_no_more_of_them_than_are_taken,
    what_is_recalled_is_forgotten_also_while_the_service_thinks,
    a_service_that_fails_is_told_apart_and_asked_again,
    an_answer_that_is_no_translation_is_none,
    a_service_that_does_not_answer_is_given_up,
    an_agent_asks_for_so_many_a_minute,
);

/// Has the server translate by a service of the test's own.
pub(crate) async fn on(server: &TestServer) -> TranslationService {
    let service = TranslationService::open();
    let url = service.url.clone();
    server
        .reconfigure(|config| {
            config.translation.provider = TranslationProvider::Libretranslate;
            config.translation.url = url;
        })
        .await;
    service
}

async fn ask(agent: &AgentCaller, id: ConversationId, message: MessageId, language: Language) -> Answer {
    let path = format!("/api/v1/conversations/{id}/messages/{message}/translation");
    agent.post(&path, &TranslateMessage { language }).await
}

async fn to_english(agent: &AgentCaller, message: &Message) -> Answer {
    ask(agent, message.conversation_id, message.id, Language::English).await
}

fn english(text: &str) -> Translation {
    Translation { language: Language::English, detected_language: Some("fr".to_owned()), text: format!("[en] {text}") }
}

async fn a_message_is_translated_by_either_service(server: TestServer) {
    let service = on(&server).await;
    let Scene { organisation, visitor, id, asked, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let info: ServerInfo = server.anonymous().get("/api/v1/server-info").await.json();
    assert!(info.translation);
    let translation: Translation = to_english(&admin, &asked).await.having(200).json();
    assert_eq!(translation, english("蓝色的多少钱？"));
    let body = json!({"q": "蓝色的多少钱？", "source": "auto", "target": "en", "format": "text"});
    assert_eq!(service.asked()[0].body, body, "the text and nothing else");
    let reply = json!({
        "nonce": server.nonce(), "content": {"type": "reply", "text": "三百", "quote": asked.id}
    });
    let reply: Message = admin.post(&format!("/api/v1/conversations/{id}/messages"), &reply).await.having(201).json();
    let translation: Translation = to_english(&admin, &reply).await.having(200).json();
    assert_eq!(translation, english("三百"), "not what it answers to");

    let url = format!("{}/proxy/", service.url);
    server
        .reconfigure(|config| {
            config.translation.provider = TranslationProvider::Deepl;
            config.translation.url = url;
            config.translation.api_key = "secret:fx".to_owned().into();
        })
        .await;
    let more = visitor.say("能便宜吗？").await;
    let translation: Translation = ask(&admin, id, more.id, Language::TraditionalChinese).await.having(200).json();
    assert_eq!(
        (translation.text.as_str(), translation.detected_language.as_deref()),
        ("[ZH-HANT] 能便宜吗？", Some("fr"))
    );
    let asked = service.asked().pop().unwrap();
    assert_eq!(
        (asked.path.as_str(), asked.authorization.as_str()),
        ("/proxy/v2/translate", "DeepL-Auth-Key secret:fx")
    );
    assert_eq!(asked.body, json!({"text": ["能便宜吗？"], "target_lang": "ZH-HANT"}));
}

async fn without_a_service_nothing_is_translated(server: TestServer) {
    let Scene { organisation, asked, .. } = scene(&server).await;
    let info: ServerInfo = server.anonymous().get("/api/v1/server-info").await.json();
    assert!(!info.translation);
    let refused = to_english(&organisation.admin, &asked).await.having(404).problem();
    assert_eq!((refused.code, refused.detail.contains("translation service")), (ErrorCode::NotFound, true));
}

async fn the_same_is_asked_for_once_also_at_the_same_time(server: TestServer) {
    let service = on(&server).await;
    let Scene { organisation, id, asked, .. } = scene(&server).await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    service.hold();
    let both = async { tokio::join!(to_english(&admin, &asked), to_english(&supervisor, &asked)) };
    let hear = async {
        until("it is asked", || !service.asked().is_empty()).await;
        service.go_on();
    };
    let ((one, other), ()) = tokio::join!(both, hear);
    let texts: [Translation; 2] = [one.having(200).json(), other.having(200).json()];
    assert_eq!(texts, [english("蓝色的多少钱？"), english("蓝色的多少钱？")]);
    to_english(&admin, &asked).await.expect(200);
    assert_eq!(service.asked().len(), 1);
    ask(&admin, id, asked.id, Language::Japanese).await.expect(200);
    assert_eq!(service.asked().len(), 2, "another language is another translation");
}

async fn only_who_sees_a_message_has_it_translated(server: TestServer) {
    let service = on(&server).await;
    let Scene { organisation, id, asked, .. } = scene(&server).await;
    let (agent, stranger) = (organisation.agent(Role::Agent).await, server.organisation().await.admin);
    to_english(&organisation.admin, &asked).await.expect(200);
    // Also what is remembered is for those who see it.
    for caller in [&agent, &stranger] {
        assert_eq!(to_english(caller, &asked).await.having(404).code(), ErrorCode::NotFound);
    }
    let path = format!("/api/v1/conversations/{id}/members/{}", agent.me.id);
    organisation.admin.send(organisation.admin.request(Method::PUT, &path)).await.expect(200);
    to_english(&agent, &asked).await.expect(200);
    organisation.admin.delete(&path).await.expect(204);
    to_english(&agent, &asked).await.expect(404);
    let other = server.visit(&organisation.channel().await.key, None).await.say("另一位").await;
    ask(&organisation.admin, other.conversation_id, asked.id, Language::English).await.expect(404);
    assert_eq!(service.asked().len(), 1);
}

async fn only_words_are_translated_and_no_more_of_them_than_are_taken(server: TestServer) {
    let service = on(&server).await;
    server.reconfigure(|config| config.translation.max_characters = 10).await;
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let content = attachments::upload(&admin, id, "file.bin", b"no words".to_vec()).await;
    let file: Message = attachments::send(&admin, id, &attachments::message(&server, &content)).await.json();
    assert_eq!(to_english(&admin, &file).await.having(409).code(), ErrorCode::Conflict);
    let (fits, long) = (visitor.say(&"长".repeat(10)).await, visitor.say(&"长".repeat(11)).await);
    assert_eq!(to_english(&admin, &long).await.having(413).code(), ErrorCode::TooLarge);
    to_english(&admin, &fits).await.expect(200);
    let path = format!("/api/v1/conversations/{id}/messages/{}/translation", fits.id);
    admin.post(&path, &json!({"language": "tlh"})).await.expect(400);
    admin.post(&path, &json!({"language": "en", "source": "zh"})).await.expect(400);
    assert_eq!(service.asked().len(), 1);
}

async fn what_is_recalled_is_forgotten_also_while_the_service_thinks(server: TestServer) {
    let service = on(&server).await;
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let said = admin.say(id, "内部底价三百二十元").await;
    to_english(&admin, &said).await.expect(200);
    let kept = || async {
        let state = server.state();
        state.translation.remembered(said.id, Language::English).await
    };
    assert!(kept().await.is_some());
    let recall = |message: MessageId| format!("/api/v1/conversations/{id}/messages/{message}/recall");
    admin.post_empty(&recall(said.id)).await.expect(200);
    assert_eq!(kept().await, None);
    assert_eq!(to_english(&admin, &said).await.having(409).code(), ErrorCode::Conflict);

    let more = admin.say(id, "内部底价三百元").await;
    service.hold();
    let meanwhile = async {
        until("it is asked", || service.asked().len() == 2).await;
        admin.post_empty(&recall(more.id)).await.expect(200);
        service.go_on();
    };
    let (answer, ()) = tokio::join!(to_english(&admin, &more), meanwhile);
    assert_eq!(answer.having(409).code(), ErrorCode::Conflict);
    assert_eq!(server.state().translation.remembered(more.id, Language::English).await, None);
}

async fn a_service_that_fails_is_told_apart_and_asked_again(server: TestServer) {
    let service = on(&server).await;
    let Scene { organisation, asked, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    for (status, expected) in
        [(400, 502), (403, 502), (429, 502), (456, 502), (500, 502), (503, 502), (302, 502), (413, 413)]
    {
        service.answer(status, r#"{"error":"内部的话"}"#);
        let problem = to_english(&admin, &asked).await.having(expected).problem();
        let code = if expected == 413 { ErrorCode::TooLarge } else { ErrorCode::Upstream };
        assert_eq!(problem.code, code, "{status}");
        assert!(!problem.detail.contains("内部"), "{}", problem.detail);
    }
    to_english(&admin, &asked).await.expect(200);
    assert_eq!(service.asked().len(), 9, "a failure is not remembered, and no redirect followed");
    let text = server.state().metrics.text(&server.state()).unwrap();
    assert!(text.contains("parlor_translations_total{outcome=\"failed\"} 8"), "{text}");
    assert!(text.contains("parlor_translations_total{outcome=\"translated\"} 1"), "{text}");

    // Nobody listens there any more.
    let url = "http://127.0.0.1:1".to_owned();
    server.reconfigure(|config| config.translation.url = url).await;
    let problem = to_english(&admin, &asked).await.having(502).problem();
    assert!(!problem.detail.contains("127.0.0.1"), "{}", problem.detail);
}

async fn an_answer_that_is_no_translation_is_none(server: TestServer) {
    let service = on(&server).await;
    let Scene { organisation, asked, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    let long = |text: &str, times: usize| json!({ "translatedText": text.repeat(times) }).to_string();
    for body in [
        String::new(),
        "<html>".to_owned(),
        "[]".to_owned(),
        json!({"translatedText": 7}).to_string(),
        json!({"translatedText": " "}).to_string(),
        json!({"error": "no"}).to_string(),
        // More than any message, and more than is read at all.
        long("a", 20_001),
        long("a", 1 << 20),
        format!("\u{feff}{}", long("a", 1)),
    ] {
        let shown: String = body.chars().take(40).collect();
        service.answer(200, body);
        let problem = to_english(&admin, &asked).await.having(502).problem();
        assert_eq!(problem.code, ErrorCode::Upstream, "{shown}");
    }
    service.answer(
        200,
        json!({"translatedText": "<b>hi</b>", "detectedLanguage": {"language": "<i>", "confidence": 1}}).to_string(),
    );
    let translation: Translation = to_english(&admin, &asked).await.having(200).json();
    assert_eq!((translation.text.as_str(), translation.detected_language), ("<b>hi</b>", None));
}

async fn a_service_that_does_not_answer_is_given_up(server: TestServer) {
    let service = on(&server).await;
    server.reconfigure(|config| config.translation.timeout_seconds = 1).await;
    let Scene { organisation, asked, .. } = scene(&server).await;
    service.hold();
    assert_eq!(to_english(&organisation.admin, &asked).await.having(502).code(), ErrorCode::Upstream);
    // Everything else goes on meanwhile, and so does this once the service is back.
    service.go_on();
    to_english(&organisation.admin, &asked).await.expect(200);
}

async fn an_agent_asks_for_so_many_a_minute(server: TestServer) {
    let service = on(&server).await;
    server.reconfigure(|config| config.limits.translations_per_agent_per_minute = 2).await;
    let Scene { organisation, visitor, asked, .. } = scene(&server).await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    to_english(&admin, &asked).await.expect(200);
    to_english(&admin, &visitor.say("第二句").await).await.expect(200);
    let third = visitor.say("第三句").await;
    let refused = to_english(&admin, &third).await.having(429);
    assert_eq!((refused.code(), refused.problem().retry_after), (ErrorCode::RateLimited, Some(30)));
    to_english(&admin, &asked).await.expect(200);
    to_english(&supervisor, &third).await.expect(200);
    to_english(&admin, &third).await.expect(200);
    assert_eq!(service.asked().len(), 3, "what is remembered counts for nothing");
}
