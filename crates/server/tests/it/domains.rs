//! On whose pages a channel's chat may stand, and what a page says of who looks at it.

use reqwest::Method;
use serde_json::json;
use testkit::visitor::visit_request;
use testkit::{AgentCaller, Answer, TestServer, db_tests};
use types::audit::AuditAction;
use types::channels::Channel;
use types::contacts::Contact;
use types::domains::ChannelDomains;
use types::error::{ErrorCode, FieldCode};
use types::visitors::{NamedValue, OpenVisitorSession, VisitorDetails, VisitorSession};

db_tests!(
    a_chat_opens_on_allowed_pages_only,
    allowed_domains_are_checked_and_noted,
    what_a_page_says_of_a_visitor_fills_what_is_empty,
);

async fn set(admin: &AgentCaller, channel: &Channel, items: &[&str]) -> Answer {
    admin.put(&format!("/api/v1/channels/{}/domains", channel.id), &json!({"items": items})).await
}

async fn open(server: &TestServer, channel: &Channel, origin: Option<&str>) -> Answer {
    let caller = server.anonymous();
    let request = caller.request(Method::POST, "/widget/v1/sessions").json(&visit_request(&channel.key, None));
    caller
        .send(match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        })
        .await
}

async fn a_chat_opens_on_allowed_pages_only(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let other = organisation.channel().await;
    let frames = async |channel: &Channel| {
        let page = server.anonymous().get(&format!("/chat/{}", channel.key)).await.having(200);
        let policy = page.header("content-security-policy").to_owned();
        policy.split("frame-ancestors ").nth(1).unwrap().to_owned()
    };
    open(&server, &channel, Some("https://anywhere.example")).await.expect(200);
    assert_eq!(frames(&channel).await, "*");

    set(&admin, &channel, &["shop.example", "*.shop.example"]).await.expect(200);
    let own = server.state().config.public_url.clone();
    for allowed in [Some("https://shop.example"), Some("http://a.shop.example:8080"), Some(own.as_str()), None] {
        open(&server, &channel, allowed).await.expect(200);
    }
    for stranger in
        ["https://anywhere.example", "https://evilshop.example", "https://shop.example.evil.example", "null"]
    {
        let problem = open(&server, &channel, Some(stranger)).await.having(403).problem();
        assert_eq!(problem.code, ErrorCode::Forbidden, "{stranger}");
    }
    open(&server, &other, Some("https://anywhere.example")).await.expect(200);
    assert_eq!(
        frames(&channel).await,
        "'self' https://shop.example:* http://shop.example:* https://*.shop.example:* http://*.shop.example:*"
    );
    assert_eq!(frames(&other).await, "*");

    set(&admin, &channel, &[]).await.expect(200);
    open(&server, &channel, Some("https://anywhere.example")).await.expect(200);
}

async fn allowed_domains_are_checked_and_noted(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let address = format!("/api/v1/channels/{}/domains", channel.id);
    for wrong in ["https://shop.example", "shop.example; script-src *", "*", "*.com", "Shop.example", ""] {
        let problem = set(&admin, &channel, &["good.example", wrong]).await.having(422).problem();
        let faults: Vec<_> = problem.errors.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        assert_eq!(faults, [("items[1]", FieldCode::InvalidFormat)], "{wrong}");
    }
    assert_eq!(admin.get(&address).await.having(200).json::<ChannelDomains>(), ChannelDomains::default());
    let domains = ChannelDomains { items: vec!["shop.example".to_owned(), "localhost:3000".to_owned()] };
    for _ in 0..2 {
        let answer = admin.put(&address, &domains).await.having(200).json::<ChannelDomains>();
        assert_eq!(answer, domains);
    }
    assert_eq!(admin.get(&address).await.having(200).json::<ChannelDomains>(), domains);
    let deeds = admin.deeds().await.items;
    let noted = AuditAction::ChannelUpdated {
        channel_id: channel.id,
        name: channel.name.clone(),
        fields: vec!["domains".to_owned()],
    };
    assert_eq!(deeds.iter().filter(|entry| entry.action == noted).count(), 1, "what changes nothing is no deed");
    // Another organisation's admin knows nothing of it.
    let stranger = server.organisation().await.admin.clone();
    stranger.get(&address).await.expect(404);
    stranger.put(&address, &ChannelDomains::default()).await.expect(404);
    assert_eq!(admin.get(&address).await.having(200).json::<ChannelDomains>(), domains);
}

async fn what_a_page_says_of_a_visitor_fills_what_is_empty(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let said = |name: &str, phone: Option<&str>| {
        let custom = vec![NamedValue {
            name: "会员".to_owned(),
            value: if phone.is_none() { "金" } else { "银" }.to_owned(),
        }];
        Some(VisitorDetails { name: Some(name.to_owned()), phone: phone.map(str::to_owned), custom })
    };
    let visit = async |token: Option<&str>, details| {
        let request = OpenVisitorSession { details, ..visit_request(&channel.key, token) };
        let session: VisitorSession = server.anonymous().post("/widget/v1/sessions", &request).await.having(200).json();
        server.visitor(session)
    };
    let contact = async |id| admin.get(&format!("/api/v1/contacts/{id}")).await.having(200).json::<Contact>();
    let choices = json!({"version": 0, "items": [{"name": "会员", "kind": "choice", "choices": ["金", "银"]}, {"name": "城市", "kind": "text"}]});
    admin.put("/api/v1/custom-fields", &choices).await.expect(200);
    // Before there is a row of them.
    let visitor = visit(None, said(" 林小满 ", None)).await;
    visitor.say("你好").await;
    let id = visitor.session.contact_id;
    let known = contact(id).await;
    assert_eq!(known.custom_values.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["金"]);
    assert_eq!((known.name.as_deref(), known.phone.as_deref(), known.external_id), (Some("林小满"), None, None));
    // And after: what is known stays.
    server.clock.advance(300_000);
    visit(Some(visitor.token()), said("别人", Some("13800138000"))).await;
    let known = contact(id).await;
    assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("林小满"), Some("13800138000")));
    assert_eq!(known.custom_values.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["金"]);
    let of_city = json!({"channel_key": channel.key, "visitor_token": visitor.token(), "details": {"custom": [{"name": "城市", "value": "上海"}]}});
    server.clock.advance(60_000);
    server.anonymous().post("/widget/v1/sessions", &of_city).await.expect(200);
    let known = contact(id).await;
    let mut values: Vec<_> = known.custom_values.iter().map(|one| one.value.as_str()).collect();
    values.sort_unstable();
    assert_eq!(values, ["上海", "金"]);
    let unknown = json!({"channel_key": channel.key, "details": {"custom": [{"name": "会员", "value": "铜"}, {"name": "无", "value": "x"}]}});
    let problem = server.anonymous().post("/widget/v1/sessions", &unknown).await.having(422).problem();
    let fields: Vec<_> = problem.errors.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["details.custom[0].value", "details.custom[1].name"]);
    let wrong = json!({"channel_key": channel.key, "details": {"name": "a\nb", "phone": "call me"}});
    let problem = server.anonymous().post("/widget/v1/sessions", &wrong).await.having(422).problem();
    let fields: Vec<_> = problem.errors.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["details.name", "details.phone"]);
}
