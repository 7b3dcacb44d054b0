//! Servers that are not heard any more, alone: cut off from Redis, or killed before they could say what they had stored.

use super::{Follower, Two, on_two};
use crate::program::{Program, nonce};
use crate::scene::{Scene, scene};
use serde_json::{Value, json};
use testkit::redis::listening;
use testkit::{PASSWORD, Way, until};

on_two!(
    what_a_server_stores_that_is_cut_off_is_fetched_by_the_other_and_the_reverse,
    what_a_killed_server_had_stored_and_not_said_is_fetched_by_the_others,
);

async fn what_a_server_stores_that_is_cut_off_is_fetched_by_the_other_and_the_reverse(Two { one, two, way, .. }: Two) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&one).await;
    let mut here = Follower::open(&organisation.admin, id).await;
    let mut there = Follower::open(&organisation.admin.by(&two), id).await;
    way.cut();
    // One hears itself all the time, and nothing that would tell it that something is missing.
    visitor.by(&two).say("还在吗？").await;
    here.hear_messages(1).await;
    visitor.say("在吗？").await;
    tokio::join!(here.hear_messages(2), there.hear_messages(2));
    way.mend();
    listening([&one, &two]).await;
    visitor.by(&two).say("好的").await;
    tokio::join!(here.hear_messages(3), there.hear_messages(3));
    here.check(asked.seq);
    there.check(asked.seq);
}

async fn what_a_killed_server_had_stored_and_not_said_is_fetched_by_the_others(Two { one, redis, .. }: Two) {
    let Scene { organisation, id, asked, .. } = scene(&one).await;
    let mut here = Follower::open(&organisation.admin, id).await;
    // A process of its own, so that it can be killed; with the secret of the others.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let key = "secret.key";
    std::fs::copy(one.data_dir().join(key), folder.path().join("data").join(key)).unwrap();
    let way = Way::to(&redis).await;
    let (url, public_url) = (way.url(), one.url(""));
    let settings = [
        ("PARLOR_DEVELOPMENT", "true"),
        ("PARLOR_DATABASE__URL", one.database_url()),
        ("PARLOR_PUBLIC_URL", public_url.as_str()),
        ("PARLOR_REDIS__URL", url.as_str()),
    ];
    let program = Program::start(folder.path(), &settings);
    let state = one.state();
    until("it is heard of", || state.metrics.bus.heard_of() == 2).await;
    let signed_in: Value = program.login(&organisation.admin.me.account, PASSWORD).await.json().await.unwrap();
    let token = signed_in["access_token"].as_str().unwrap().to_owned();
    way.mute();
    let message = json!({"nonce": nonce(), "content": {"type": "text", "text": "最后一句"}});
    program.post(&format!("/api/v1/conversations/{id}/messages"), &token, Some(message)).await;
    program.signal("KILL");
    let _killed = program.ended().await;
    drop(way);
    here.hear_messages(1).await;
    here.check(asked.seq);
    assert_eq!(here.messages.first().map(|(_, text)| text.as_str()), Some("最后一句"));
}
