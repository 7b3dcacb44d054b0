//! Files of the load: uploaded by whoever sends them, as often as it takes, and compared byte for byte when all is over.
//!
//! What is in a file follows from the nonce of its message, so that whoever finds the message knows what must be there.

use crate::people::{Agent, Site};
use crate::person::Identity;
use crate::record::Stamp;
use anyhow::{Context, Result, bail, ensure};
use reqwest::StatusCode;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;
use types::id::{ConversationId, Nonce};
use types::messages::{Content, Message};

/// How long after a refusal or a silence it is uploaded again.
const AGAIN: Duration = Duration::from_millis(200);
/// How often a file that is to be compared is asked for.
const ASKED: u32 = 50;
/// Bytes of a file: at least, and how many more at most.
const BYTES: (u32, u32) = (1_000, 20_000);

/// A message that is to carry a file: its nonce, and where an agent says it.
pub(crate) type Wanted = (Nonce, Option<ConversationId>);

/// The uploads of one person, one after the other, so that their messages go in the order in which they were wanted.
pub(crate) struct Uploads {
    wanted: mpsc::UnboundedSender<Wanted>,
    done: mpsc::UnboundedReceiver<(Wanted, Content)>,
    under_way: usize,
}

impl Uploads {
    pub(crate) fn of(identity: Identity) -> Self {
        let (wanted, mut taken) = mpsc::unbounded_channel::<Wanted>();
        let (finished, done) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut identity = identity;
            while let Some(one) = taken.recv().await {
                let content = loop {
                    match upload(&mut identity, one).await {
                        Ok(content) => break content,
                        // Whoever wanted it has ended.
                        Err(_) if finished.is_closed() => return,
                        Err(_) => sleep(AGAIN).await,
                    }
                };
                if finished.send((one, content)).is_err() {
                    return;
                }
            }
        });
        Self { wanted, done, under_way: 0 }
    }

    pub(crate) fn want(&mut self, wanted: Wanted) {
        // A task that has ended was told to, with the person.
        if self.wanted.send(wanted).is_ok() {
            self.under_way += 1;
        }
    }

    /// The next one that is there to be sent; for ever where none is wanted.
    pub(crate) async fn next(&mut self) -> (Wanted, Content) {
        match self.done.recv().await {
            Some(one) => {
                self.under_way = self.under_way.saturating_sub(1);
                one
            }
            None => std::future::pending().await,
        }
    }

    pub(crate) fn are_done(&self) -> bool {
        self.under_way == 0
    }
}

/// What is in the file of this message: noise, by a xorshift (Marsaglia 2003) that begins with the nonce.
pub(crate) fn bytes_of(nonce: Nonce) -> Vec<u8> {
    let stamp = Stamp::of(nonce);
    let mut state = u64::from(stamp.lane) << 32 | u64::from(stamp.number) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let [a, b, ..] = next();
    let length = BYTES.0 + u32::from(u16::from_le_bytes([a, b])) % BYTES.1;
    (0..length).map(|_| next()[3]).collect()
}

async fn upload(identity: &mut Identity, (nonce, to): Wanted) -> Result<Content> {
    let (site, token, path) = match (&*identity, to) {
        (Identity::Agent(agent), Some(to)) => {
            (&agent.site, &agent.token, format!("/api/v1/conversations/{to}/attachments?name=load.bin"))
        }
        (Identity::Visitor(visitor), _) => {
            (&visitor.site, &visitor.session.visitor_token, "/widget/v1/attachments?name=load.bin".to_owned())
        }
        _ => bail!("nobody who could upload"),
    };
    let answer = site.upload(&path, token, bytes_of(nonce)).await?;
    if answer.status() == StatusCode::UNAUTHORIZED
        && let Identity::Agent(agent) = identity
    {
        **agent = agent.site.sign_in(&agent.me.account).await?;
    }
    Ok(answer.error_for_status()?.json().await?)
}

impl Site {
    /// Uploads a file.
    pub(crate) async fn upload(&self, path: &str, token: &str, bytes: Vec<u8>) -> reqwest::Result<reqwest::Response> {
        let request = self.http().post(format!("http://{}{path}", self.address())).bearer_auth(token);
        request.header("content-type", "application/octet-stream").body(bytes).send().await
    }
}

/// Whether a message that should carry a file does, and the file is what was uploaded. Whether there was one to look at.
///
/// # Errors
/// When it is not.
pub(crate) async fn compare(agent: &Agent, message: &Message) -> Result<bool> {
    if !Stamp::of(message.nonce).has_file() {
        return Ok(false);
    }
    let Content::File { attachment } = &message.content else {
        bail!("message {} should carry a file: {:?}", message.nonce, message.content);
    };
    let mut refusals = 0;
    let found = loop {
        match fetch(agent, message.conversation_id, attachment).await {
            Ok(bytes) => break bytes,
            Err(error) if refusals == ASKED => return Err(error).context("the file of a message cannot be fetched"),
            Err(_) => refusals += 1,
        }
        sleep(AGAIN).await;
    };
    ensure!(found == bytes_of(message.nonce), "the file of message {} is another one", message.nonce);
    Ok(true)
}

async fn fetch(
    agent: &Agent,
    conversation: ConversationId,
    attachment: &types::attachments::Attachment,
) -> Result<Vec<u8>> {
    let files = agent.api.get_file_access(conversation).await?;
    let site = &agent.site;
    let answer = site.http().get(format!("http://{}{}", site.address(), attachment.path(&files))).send().await?;
    Ok(answer.error_for_status()?.bytes().await?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_a_file_of_its_own() {
        let stamp = |lane, number| Stamp { lane, number, at: Duration::from_secs(1) }.with_file().nonce();
        let one = bytes_of(stamp(1, 7));
        assert_eq!(one, bytes_of(stamp(1, 7)));
        assert!(one.len() >= 1_000 && one.len() < 21_000);
        for other in [stamp(1, 8), stamp(2, 7)] {
            assert_ne!(one, bytes_of(other));
        }
        assert!(Stamp::of(stamp(1, 7)).has_file());
        assert!(!Stamp { lane: 1, number: 7, at: Duration::ZERO }.has_file());
    }
}
