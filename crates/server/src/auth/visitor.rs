//! Visitors: a signed token per channel says who they are.

use crate::actions::channels;
use crate::auth::signing::Key;
use crate::error::ApiError;
use crate::extract;
use crate::extract::turns::{self, Turn};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use store::Visitor;
use types::id::{ChannelId, ContactId, OrgId};
use uuid::Uuid;

/// Tokens name the version of what they hold. The first holds the visitor and nothing else.
const VERSION: &str = "v1.";
/// Of those that say besides that the visitor's account was proven, by one byte: what is sealed differs too, so that nobody makes the
/// one of the other by writing another name before it.
const VERSION_PROVEN: &str = "v2.";
const PROVEN: u8 = 1;

/// What a visitor's token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Whose it is.
    pub visitor: Visitor,
    /// Whether the session that it was given for was opened with the proof of an account. Those of before say nothing of it.
    pub proven: bool,
}

/// The token of a visitor. It does not expire: it is all that ties a browser to its conversation.
#[must_use]
pub fn seal(key: &Key, held: Held) -> String {
    let Held { visitor, proven } = held;
    let ids = [visitor.org_id.0, visitor.channel_id.0, visitor.contact_id.0];
    let mut payload: Vec<u8> = ids.iter().flat_map(|id| id.as_bytes()).copied().collect();
    if proven {
        payload.push(PROVEN);
    }
    format!("{}{}", if proven { VERSION_PROVEN } else { VERSION }, key.seal(&payload))
}

/// Whose token it is, if we sealed it.
#[must_use]
pub fn open(key: &Key, token: &str) -> Option<Visitor> {
    open_held(key, token).map(|held| held.visitor)
}

/// All that a token says, if we sealed it.
#[must_use]
pub fn open_held(key: &Key, token: &str) -> Option<Held> {
    let (sealed, proven) = match token.strip_prefix(VERSION) {
        Some(sealed) => (sealed, false),
        None => (token.strip_prefix(VERSION_PROVEN)?, true),
    };
    let payload = key.open(sealed)?;
    let (ids, rest) = payload.as_chunks::<16>();
    let [org, channel, contact] = ids else { return None };
    let expected: &[u8] = if proven { &[PROVEN] } else { &[] };
    (rest == expected).then(|| Held {
        visitor: Visitor {
            org_id: OrgId(Uuid::from_bytes(*org)),
            channel_id: ChannelId(Uuid::from_bytes(*channel)),
            contact_id: ContactId(Uuid::from_bytes(*contact)),
        },
        proven,
    })
}

/// A visitor whose channel is there and enabled, and who is not on the blacklist.
#[derive(Debug, Clone, Copy)]
pub struct AnyVisitor(pub Visitor);

impl FromRequest for AnyVisitor {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = extract::state(request);
        let token = extract::bearer(request).map(str::to_owned);
        let (body, until_known) = (Turn::of_body(request), turns::caller_is_looked_up(request));
        Box::pin(async move {
            let _until_known = until_known;
            let state = state?;
            let visitor = token.and_then(|token| open(&state.keys.visitor, &token));
            let visitor = visitor.ok_or_else(ApiError::unauthenticated)?;
            // As it stands when the visitor has said everything: a body can be held back.
            body.over().await;
            channels::check_open(&state, visitor).await?;
            Ok(Self(visitor))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_visitor_comes_back_exactly_and_no_other_text_is_one(
            ids in any::<[u128; 3]>(), proven in any::<bool>(), text in ".*", place in any::<prop::sample::Index>(),
        ) {
            let key = Key::from_secret(b"secret");
            let [org, channel, contact] = ids.map(Uuid::from_u128);
            let visitor = Visitor { org_id: OrgId(org), channel_id: ChannelId(channel), contact_id: ContactId(contact) };
            let token = seal(&key, Held { visitor, proven });
            prop_assert_eq!(open_held(&key, &token), Some(Held { visitor, proven }));
            let mut changed = token.into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(open(&key, std::str::from_utf8(&changed).unwrap()), None);
            prop_assert_eq!(open(&key, &text), None);
        }
    }

    #[test]
    fn a_token_names_its_visitor_and_bears_no_change() {
        let key = Key::from_secret(b"secret");
        let id = Uuid::from_u128;
        let visitor = Visitor { org_id: OrgId(id(1)), channel_id: ChannelId(id(2)), contact_id: ContactId(id(3)) };
        let token = seal(&key, Held { visitor, proven: false });
        assert_eq!(open(&key, &token), Some(visitor));
        let bare = token.strip_prefix(VERSION).unwrap();
        let cut = token.get(..token.len() - 1).unwrap();
        // Neither is made of the other: that a proof is wanted is not taken off a token.
        let proven = seal(&key, Held { visitor, proven: true });
        let [raised, lowered] = [(&token, VERSION, VERSION_PROVEN), (&proven, VERSION_PROVEN, VERSION)]
            .map(|(token, from, to)| token.replacen(from, to, 1));
        for wrong in ["", "v1.", "v2.", bare, cut, &raised, &lowered, "v2.abc.def", "v3.abc.def"] {
            assert_eq!(open(&key, wrong), None, "{wrong}");
        }
        assert_eq!(open(&Key::from_secret(b"another"), &token), None);
        assert_eq!(open(&key, &format!("{VERSION}{}", key.seal(&[0; 47]))), None);
    }
}
