//! Visitors open the chat.

use crate::actions::{attachments, channels, domains, identity, pre_chat};
use crate::auth::visitor::{self, Held};
use crate::error::{ApiError, ApiResult};
use crate::limits::network_of;
use crate::realtime::tickets::TicketHolder;
use crate::state::AppState;
use crate::user_agent::UserAgentFacts;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;
use store::channels::ChannelRow;
use store::contacts::VisitFacts;
use store::messages::{self, Window};
use store::{OrgScope, StoreError, Visitor};
use store::{contacts, organisations, visitors};
use types::custom_fields::CustomValue;
use types::error::{FieldCode, FieldError};
use types::id::ContactId;
use types::identity::IdentityOutcome;
use types::limits;
use types::messages::MessageWindow;
use types::validate::Fault;
use types::visitors::{NamedValue, OpenVisitorSession, OpenedVisitorSession, VisitorSession};

/// Bytes of facts that are remembered of visitors who have not written yet.
const VISITS_BYTES: u64 = 32 * 1024 * 1024;
/// How long they are remembered.
const VISIT_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A visit of somebody who has no row yet, as servers tell it each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Visit {
    /// Who.
    pub(crate) contact_id: ContactId,
    /// What is known of them.
    pub(crate) facts: VisitFacts,
}

/// What is known of visitors who have no row yet: there is none before the first message.
#[derive(Debug)]
pub struct Visits(Cache<ContactId, VisitFacts>);

impl Default for Visits {
    fn default() -> Self {
        Self::within(VISITS_BYTES)
    }
}

impl Visits {
    /// Forgets whoever has not been looked up for longest. By how often they were would be wrong: a newcomer would be forgotten
    /// at once as long as the memory is full of others, and the first message would come from nobody knows where.
    fn within(bytes: u64) -> Self {
        let weigh = |_: &ContactId, facts: &VisitFacts| u32::try_from(weight_of(facts)).unwrap_or(u32::MAX);
        let cache = Cache::builder().weigher(weigh).max_capacity(bytes).eviction_policy(EvictionPolicy::lru());
        Self(cache.time_to_live(VISIT_KEPT).build())
    }

    /// How many are kept.
    pub(crate) fn entries(&self) -> u64 {
        self.0.entry_count()
    }

    /// What is known of a visitor; nothing when it was long ago or before a restart.
    #[must_use]
    pub fn of(&self, contact_id: ContactId) -> VisitFacts {
        self.0.get(&contact_id).unwrap_or_default()
    }

    /// Remembers a visit. Where the visitor came from stays what it was at first.
    pub(crate) fn remember(&self, contact_id: ContactId, mut facts: VisitFacts) {
        if let Some(before) = self.0.get(&contact_id) {
            facts.referrer = before.referrer.or(facts.referrer);
            facts.landing_page = before.landing_page.or(facts.landing_page);
            facts.landing_title = before.landing_title.or(facts.landing_title);
            facts.external_id = before.external_id.or(facts.external_id);
            facts.name = before.name.or(facts.name);
            facts.phone = before.phone.or(facts.phone);
            let is_new = |one: &CustomValue| !before.custom.iter().any(|known| known.field_id == one.field_id);
            facts.custom.retain(is_new);
            facts.custom.extend(before.custom);
        }
        self.0.insert(contact_id, facts);
    }
}

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its address.
    pub ip: IpAddr,
    /// Its user agent.
    pub user_agent: String,
    /// The origin of the page that a browser sends it from; programs have none.
    pub page: Option<String>,
}

/// Opens the chat for a new visitor or for one who returns.
pub async fn open_visitor_session(
    state: &AppState,
    request: OpenVisitorSession,
    origin: Origin,
) -> ApiResult<OpenedVisitorSession> {
    let channel = channels::enabled(channels::channel_by_key(state, &request.channel_key).await?)?;
    domains::check(state, &channel, origin.page.as_deref()).await?;
    let held = request.visitor_token.as_deref().and_then(|token| visitor::open_held(&state.keys.visitor, token));
    let held = held.filter(|held| held.visitor.channel_id == channel.id && held.visitor.org_id == channel.org_id);
    let was_proven = held.is_some_and(|held| held.proven);
    let returning = held.map(|held| held.visitor);
    let (mut facts, mut not_taken) = (facts_of(state, &request, &origin), Vec::new());
    if let Some(details) = &request.details {
        facts.name = details.name.as_deref().and_then(line);
        facts.phone = details.phone.as_deref().and_then(line);
        (facts.custom, not_taken) = custom_values(state, &channel, &details.custom).await?;
    }
    let mut outcome = None;
    let mut identified = None;
    if let Some(said) = request.identity {
        let proven = identity::is_proven(state, &channel, &said).await?;
        outcome = Some(if proven { IdentityOutcome::Verified } else { IdentityOutcome::Refused });
        if proven {
            identified = Some(identity::visitor_of(state, &channel, &said.user_id).await?);
            facts.external_id = Some(said.user_id);
            facts.name = said.name.as_deref().and_then(line).or(facts.name);
            facts.phone = said.phone.as_deref().and_then(line).or(facts.phone);
        }
    }
    let known_before = identified.or(returning);
    let mut known = match known_before {
        Some(visitor) => visitors::state(state.db.reader(), visitor).await?,
        None => None,
    };
    // An account's conversation is opened by whoever proves to be its owner, and by nobody who uses the same browser later. Before they
    // have written the token knows that there is an account, or their contact does, who may have none of their own yet.
    let of_contact = match (&known, returning.filter(|_| identified.is_none() && !was_proven)) {
        (None, Some(visitor)) => store::pre_chat::contact_of(state.db.reader(), visitor).await?,
        _ => None,
    };
    let facts_known = known.as_ref().map(|known| &known.facts).or(of_contact.as_ref());
    let has_account = was_proven || facts_known.is_some_and(|known| known.external_id.is_some());
    let is_anothers = identified.is_none() && has_account;
    let caller = match known_before.filter(|_| !is_anothers) {
        Some(visitor) => {
            channels::check_received(state, visitor).await?;
            visitor
        }
        None => {
            known = None;
            new_visitor(state, &channel, origin.ip).await?
        }
    };
    match &known {
        Some(known) if known.visit_is_news(&facts, state.clock.now()) => note_visit(state, caller, facts).await,
        Some(_) => {}
        None => {
            // The first message may come to another server.
            state.bus.visited(|| Visit { contact_id: caller.contact_id, facts: facts.clone() });
            state.visits.remember(caller.contact_id, facts);
        }
    }
    let welcome = match &known {
        Some(_) => None,
        None => store::welcome::get(state.db.reader(), caller.scope()).await?,
    };
    let form = match &known {
        Some(_) => None,
        None => pre_chat::asked(state, &channel, caller).await?,
    };
    let queue_ahead = match &known {
        Some(known) if known.is_queued => store::assignment::place_of(state.db.reader(), caller).await?,
        _ => None,
    };
    let queue_ahead = queue_ahead.and_then(|place| place.ahead);
    let window = request.after_seq.map_or(Window::Newest, Window::After);
    let messages = messages::for_visitor(state.db.reader(), caller, window, limits::PAGE_DEFAULT).await?;
    let messages = up_to(known.as_ref().map_or(0, |known| known.last_seq), messages);
    let of_organisation = organisations::file_limit(state.db.reader(), OrgScope::new(caller.org_id)).await?;
    let file_limit = store::channels::smaller(channel.max_file_megabytes, of_organisation);
    let session = VisitorSession {
        visitor_token: visitor::seal(&state.keys.visitor, Held { visitor: caller, proven: identified.is_some() }),
        contact_id: caller.contact_id,
        identity: outcome,
        conversation_id: known.as_ref().map(|known| known.conversation_id),
        welcome,
        form,
        channel: channels::visitor_channel_of(&channel),
        messages,
        agents_read_seq: known.as_ref().map_or(0, |known| known.agents_read_seq),
        visitor_read_seq: known.as_ref().map_or(0, |known| known.visitor_read_seq),
        unread: known.as_ref().map_or(0, |known| known.unread),
        queue_ahead,
        ticket: state.tickets.issue(TicketHolder::Visitor(caller)).ticket,
        files: attachments::access_of(state, caller.org_id, caller.contact_id, None, file_limit),
    };
    Ok(OpenedVisitorSession { session, not_taken })
}

/// Leaves out what was stored after the marks and counts had been read: with it, they would be those of another moment, and
/// the client could not tell. It comes by its event, or when asked for.
fn up_to(last_seq: i64, mut window: MessageWindow) -> MessageWindow {
    let read = window.items.len();
    window.items.retain(|message| message.seq <= last_seq);
    window.has_later |= window.items.len() < read;
    window
}

/// The values of custom fields that are given by the fields' names; and what is not taken of them, which closes no chat: the page that
/// says it knows nothing of a field that was renamed since.
async fn custom_values(
    state: &AppState,
    channel: &ChannelRow,
    given: &[NamedValue],
) -> ApiResult<(Vec<CustomValue>, Vec<FieldError>)> {
    if given.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let fields = store::custom_fields::get(state.db.reader(), OrgScope::new(channel.org_id)).await?;
    let (mut values, mut faults) = (Vec::with_capacity(given.len()), Vec::new());
    for (place, one) in given.iter().enumerate() {
        let field = fields.items.iter().find(|field| field.name == one.name.trim());
        let Some(field) = field else {
            let fault = Fault::new(FieldCode::Wrong, "must be the name of a field that is there");
            faults.push(fault.of(format!("details.custom[{place}].name")));
            continue;
        };
        if !field.visitors_fill {
            let fault = Fault::new(FieldCode::Wrong, "must be a field that visitors may fill");
            faults.push(fault.of(format!("details.custom[{place}].name")));
            continue;
        }
        match field.check(&one.value) {
            Ok(()) => values.push(CustomValue { field_id: field.id, value: one.value.trim().to_owned() }),
            Err(fault) => faults.push(fault.of(format!("details.custom[{place}].value"))),
        }
    }
    Ok((values, faults))
}

/// A visitor whom nobody has seen before; so many a minute from one address.
async fn new_visitor(state: &AppState, channel: &ChannelRow, ip: IpAddr) -> ApiResult<Visitor> {
    let visitors = &state.limits.new_visitors;
    let counted = state.shared.take("new_visitors", visitors, network_of(ip), state.clock.now()).await;
    counted.map_err(ApiError::rate_limited)?;
    Ok(Visitor { org_id: channel.org_id, channel_id: channel.id, contact_id: state.ids.make(ContactId) })
}

/// Notes that a known visitor is here again. Where that fails (a full queue, a full disk) the chat opens all the same, with
/// all that was said: the next visit is noted.
async fn note_visit(state: &AppState, caller: Visitor, facts: VisitFacts) {
    let at = state.clock.now();
    if state.limits.visits.take(caller.contact_id, at).refused_for.is_some() {
        // What the browser says of itself changes as often as somebody likes; the next visit that is noted tells.
        return;
    }
    let noted: Result<(), StoreError> = state
        .writer
        .run(move |tx| Box::pin(async move { contacts::note_visit(tx, caller, &facts, at).await.map(|_contact| ()) }))
        .await;
    if let Err(error) = noted {
        let error = ApiError::from(error);
        tracing::warn!(
            contact.id = %caller.contact_id, %error, error.cause = error.causes(), "a visit could not be noted"
        );
    }
}

fn facts_of(state: &AppState, request: &OpenVisitorSession, origin: &Origin) -> VisitFacts {
    let UserAgentFacts { device, os, browser } = UserAgentFacts::of(&origin.user_agent);
    VisitFacts {
        ip: Some(origin.ip.to_string()),
        region: state.geo.region(origin.ip),
        device,
        os,
        browser,
        user_agent: line(&origin.user_agent),
        locale: line(&request.locale),
        referrer: address(&request.page.referrer),
        landing_page: address(&request.page.url),
        landing_title: line(&request.page.title),
        external_id: None,
        name: None,
        phone: None,
        custom: Vec::new(),
    }
}

/// One line of text from outside, without control characters; `None` when nothing is left.
fn line(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_control()).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// A web address, and nothing else that a browser could be made to open.
fn address(text: &str) -> Option<String> {
    line(text).filter(|text| text.starts_with("https://") || text.starts_with("http://"))
}

/// Bytes that the memory takes for an entry whatever is in it: the key, which it holds behind a count of its own, the slot of
/// its table, the entry's dates, and its places in the orders of use and of writing.
const ENTRY_BYTES: usize = 384;
/// Bytes that the allocator takes for a text beside its characters: its own note and rounding up.
const TEXT_BYTES: usize = 16;

/// About as many bytes as an entry takes. With the characters alone somebody who sends empty facts could have several times the
/// memory.
fn weight_of(facts: &VisitFacts) -> usize {
    let VisitFacts {
        ip,
        region,
        device,
        os,
        browser,
        user_agent,
        locale,
        referrer,
        landing_page,
        landing_title,
        external_id,
        name,
        phone,
        custom,
    } = facts;
    let visit = [ip, region, device, os, browser, user_agent, locale, referrer, landing_page, landing_title];
    let texts = visit
        .into_iter()
        .chain([external_id, name, phone])
        .flatten()
        .map(|text| text.capacity().saturating_add(TEXT_BYTES))
        .sum::<usize>();
    let custom = custom.iter().map(|one| one.value.capacity().saturating_add(TEXT_BYTES + size_of::<CustomValue>()));
    texts.saturating_add(custom.sum::<usize>()).saturating_add(size_of::<VisitFacts>()).saturating_add(ENTRY_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use types::id::{ConversationId, MessageId, Nonce};
    use types::messages::{Author, Content, Message};
    use types::time::Timestamp;

    proptest! {
        #[test]
        fn what_is_kept_of_a_visit_is_one_line_and_pages_are_web_addresses(
            text in any::<String>(), prefix in prop_oneof!["", "http://", "javascript:"],
        ) {
            let text = format!("{prefix}{text}");
            if let Some(kept) = line(&text) {
                prop_assert!(!kept.is_empty() && kept == kept.trim() && !kept.chars().any(char::is_control));
                prop_assert!(kept.len() <= text.len());
            }
            if let Some(kept) = address(&text) {
                prop_assert!(kept.starts_with("http://") || kept.starts_with("https://"));
            }
        }
    }

    #[test]
    fn pages_are_web_addresses_and_lines_are_clean() {
        assert_eq!(address("https://shop.example/a?b=1#c").as_deref(), Some("https://shop.example/a?b=1#c"));
        assert_eq!(address("javascript:alert(1)"), None);
        assert_eq!(address(""), None);
        assert_eq!(line(" 标\u{0}题\n ").as_deref(), Some("标题"));
        assert_eq!(line("\u{0}"), None);
    }

    #[test]
    fn a_session_holds_no_message_that_its_counts_do_not_know() {
        let message = |seq| Message {
            id: MessageId(uuid::Uuid::from_u128(1)),
            conversation_id: ConversationId(uuid::Uuid::from_u128(2)),
            seq,
            author: Author::Visitor,
            content: Content::Text { text: "嗯".to_owned() },
            nonce: Nonce(uuid::Uuid::from_u128(3)),
            created_at: Timestamp(0),
        };
        let items = || (1..=3).map(message).collect();
        let window =
            || MessageWindow { items: items(), has_earlier: false, has_later: false, cleared_seq: 0, recalls: 0 };
        assert_eq!(up_to(3, window()), window());
        let earlier = up_to(1, window());
        assert_eq!((earlier.items, earlier.has_later), (vec![message(1)], true));
        assert_eq!(up_to(0, window()).items, []);
    }

    #[test]
    fn the_first_page_of_a_visit_stays() {
        let visits = Visits::default();
        let contact = ContactId(uuid::Uuid::from_u128(1));
        let visit = |page: &str| VisitFacts { landing_page: Some(page.to_owned()), ..VisitFacts::default() };
        visits.remember(contact, visit("https://a.example/first"));
        visits.remember(contact, VisitFacts { ip: Some("1.2.3.4".into()), ..visit("https://a.example/second") });
        let known = visits.of(contact);
        assert_eq!(known.landing_page.as_deref(), Some("https://a.example/first"));
        assert_eq!(known.ip.as_deref(), Some("1.2.3.4"));
        assert_eq!(visits.of(ContactId(uuid::Uuid::from_u128(2))), VisitFacts::default());
    }

    #[test]
    fn a_newcomer_is_remembered_where_the_memory_is_full() {
        let visit = || VisitFacts { locale: Some("zh-CN".to_owned()), ..VisitFacts::default() };
        let visits = Visits::within(10 * u64::try_from(weight_of(&visit())).unwrap());
        let comes = |number: u128| {
            let contact = ContactId(uuid::Uuid::from_u128(number));
            visits.remember(contact, visit());
            visits.0.run_pending_tasks();
            visits.of(contact)
        };
        for regular in (0..200).map(|visit| visit % 10) {
            comes(regular);
        }
        for newcomer in 100..110 {
            assert_eq!(comes(newcomer), visit(), "{newcomer} has been forgotten");
        }
        assert!(visits.entries() <= 10);
    }
}
