//! The registry against a search through everything, over random histories.

use super::*;
use proptest::prelude::*;
use store::members::Members;
use uuid::Uuid;

/// A small world: few ids, so that a random history makes them meet.
#[derive(Debug, Clone)]
enum Step {
    Add(Listener),
    Remove(usize),
    SetReceiving(AgentId, bool),
    Ask(OrgId, Audience, bool),
}

fn id(n: u8) -> Uuid {
    Uuid::from_u128(u128::from(n))
}

/// Agents 0 and 1 are of organisation 0, agents 2 and 3 of organisation 1; contacts and channels likewise.
fn org_of(n: u8) -> OrgId {
    OrgId(id(n / 2))
}

fn a_listener() -> impl Strategy<Value = Listener> {
    prop_oneof![
        (0u8..4, 0u8..3, any::<bool>(), any::<bool>()).prop_map(|(agent, session, sees_all, receiving)| {
            Listener::Agent(AgentListener {
                viewer: Viewer { org_id: org_of(agent), agent_id: AgentId(id(agent)), sees_all, sees_details: true },
                session_id: SessionId(id(agent * 3 + session)),
                receiving,
                is_view: false,
            })
        }),
        (0u8..4).prop_map(|contact| {
            Listener::Visitor(Visitor {
                org_id: org_of(contact),
                channel_id: ChannelId(id(contact / 2)),
                contact_id: ContactId(id(contact)),
            })
        }),
    ]
}

fn an_audience() -> impl Strategy<Value = Audience> {
    let agents = prop_oneof![
        Just(AgentAudience::None),
        Just(AgentAudience::Everyone),
        (0u8..4).prop_map(|agent| AgentAudience::One(AgentId(id(agent)))),
        (proptest::option::of(0u8..4), proptest::collection::vec(0u8..4, 0..3)).prop_map(|(assignee, members)| {
            let agent = |agent| AgentId(id(agent));
            let members: BTreeSet<AgentId> = members.into_iter().map(agent).collect();
            let members = Members::from(members.into_iter().collect::<Vec<_>>());
            AgentAudience::Conversation { assignee: assignee.map(agent), members }
        }),
    ];
    let visitors = prop_oneof![
        Just(VisitorAudience::None),
        (0u8..4).prop_map(|contact| VisitorAudience::One(ContactId(id(contact)))),
        (0u8..2).prop_map(|channel| VisitorAudience::Channel(ChannelId(id(channel)))),
    ];
    (agents, visitors).prop_map(|(agents, visitors)| Audience { agents, visitors })
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => a_listener().prop_map(Step::Add),
        2 => any::<usize>().prop_map(Step::Remove),
        1 => (0u8..4, any::<bool>()).prop_map(|(agent, on)| Step::SetReceiving(AgentId(id(agent)), on)),
        3 => (0u8..2, an_audience(), any::<bool>()).prop_map(|(org, audience, c)| Step::Ask(OrgId(id(org)), audience, c)),
    ]
}

/// The same rule written as a search through everything, without an index.
fn hears(listener: Listener, org: OrgId, audience: &Audience, about_conversation: bool) -> bool {
    match listener {
        Listener::Agent(agent) => {
            let named = match &audience.agents {
                AgentAudience::None => false,
                AgentAudience::Everyone => true,
                AgentAudience::One(one) => *one == agent.viewer.agent_id,
                AgentAudience::Conversation { assignee, members } => {
                    agent.viewer.sees_all
                        || *assignee == Some(agent.viewer.agent_id)
                        || members.as_slice().contains(&agent.viewer.agent_id)
                }
            };
            agent.viewer.org_id == org && named && (agent.receiving || !about_conversation)
        }
        Listener::Visitor(visitor) => {
            let named = match audience.visitors {
                VisitorAudience::None => false,
                VisitorAudience::One(one) => one == visitor.contact_id,
                VisitorAudience::Channel(channel) => channel == visitor.channel_id,
            };
            visitor.org_id == org && named
        }
    }
}

proptest! {
    #[test]
    fn any_history_keeps_the_indexes_and_finds_whom_a_search_finds(steps in proptest::collection::vec(a_step(), 0..80)) {
        let mut registry = Registry::default();
        let mut model: Vec<(SocketKey, Listener)> = Vec::new();
        for step in steps {
            match step {
                Step::Add(listener) => {
                    let label = model.iter().map(|(key, _)| key.0).max().unwrap_or(0);
                    let key = registry.add(listener, ());
                    prop_assert!(key.0 > label);
                    model.push((key, listener));
                }
                Step::Remove(at) if !model.is_empty() => {
                    let (key, _) = model.remove(at % model.len());
                    prop_assert!(registry.remove(key).is_some());
                    prop_assert!(registry.remove(key).is_none());
                }
                Step::Remove(_) => {}
                Step::SetReceiving(agent, on) => {
                    let mut changed = 0;
                    for (_, listener) in &mut model {
                        if let Listener::Agent(listener) = listener
                            && listener.viewer.agent_id == agent
                            && listener.receiving != on
                        {
                            listener.receiving = on;
                            changed += 1;
                        }
                    }
                    prop_assert_eq!(registry.set_receiving(agent, on).len(), changed);
                }
                Step::Ask(org, audience, about_conversation) => {
                    let found = registry.recipients(org, &audience, about_conversation).count();
                    let expected = model.iter().filter(|(_, l)| hears(*l, org, &audience, about_conversation)).count();
                    prop_assert_eq!(found, expected);
                }
            }
            registry.check_invariants();
            prop_assert_eq!(registry.len(), model.len());
        }
    }
}

#[test]
fn a_conversation_looks_at_those_who_see_it_and_at_nobody_else() {
    let mut registry = Registry::default();
    let mut add = |agent: u8, session: u8, sees_all| {
        registry.add(
            Listener::Agent(AgentListener {
                viewer: Viewer { org_id: OrgId(id(0)), agent_id: AgentId(id(agent)), sees_all, sees_details: true },
                session_id: SessionId(id(session)),
                receiving: true,
                is_view: false,
            }),
            (),
        )
    };
    for agent in 10..200 {
        add(agent, agent, false);
    }
    let overseers = BTreeSet::from([add(1, 1, true), add(1, 2, true), add(2, 3, true)]);
    let assignees = BTreeSet::from([add(3, 4, false), add(3, 5, false)]);
    let members = BTreeSet::from([add(4, 6, false), add(5, 7, false)]);
    let looked_at = |assignee: Option<u8>, members: &[u8]| {
        let agent = |agent| AgentId(id(agent));
        let members = Members::from(members.iter().copied().map(agent).collect::<Vec<_>>());
        let audience = AgentAudience::Conversation { assignee: assignee.map(agent), members };
        registry.agent_keys(OrgId(id(0)), &audience).collect::<Vec<_>>()
    };
    assert_eq!(looked_at(None, &[]), Vec::from_iter(overseers.clone()));
    assert_eq!(looked_at(Some(2), &[1]), Vec::from_iter(overseers.clone()), "once, although they are both");
    let theirs = Vec::from_iter(overseers.iter().chain(&assignees).chain(&members).copied());
    assert_eq!(looked_at(Some(3), &[4, 5, 3]), theirs, "once, although they are both");
    assert_eq!(looked_at(None, &[4, 5]), Vec::from_iter(overseers.into_iter().chain(members)));
}

#[test]
fn revocation_finds_exactly_the_sockets_of_a_login() {
    let mut registry = Registry::default();
    let agent = |session: u8| {
        Listener::Agent(AgentListener {
            viewer: Viewer { org_id: OrgId(id(0)), agent_id: AgentId(id(0)), sees_all: true, sees_details: true },
            session_id: SessionId(id(session)),
            receiving: true,
            is_view: false,
        })
    };
    registry.add(agent(1), "first");
    registry.add(agent(2), "second");
    registry.add(agent(2), "second again");
    assert_eq!(registry.of_login(SessionId(id(2))).copied().collect::<Vec<_>>(), ["second", "second again"]);
    assert_eq!(registry.of_login(SessionId(id(3))).count(), 0);
}

#[test]
fn what_was_looked_up_does_not_overrule_what_was_said_meanwhile() {
    let mut registry = Registry::default();
    let agent = |receiving| {
        Listener::Agent(AgentListener {
            viewer: Viewer { org_id: OrgId(id(0)), agent_id: AgentId(id(1)), sees_all: true, sees_details: true },
            session_id: SessionId(id(1)),
            receiving,
            is_view: false,
        })
    };
    let me = AgentId(id(1));
    let key = registry.add(agent(true), "first");
    // Asked, then suspended by an event; the answer is from before.
    let asked = registry.last_change();
    assert_eq!(registry.set_receiving(me, false), [&"first"]);
    assert_eq!(registry.correct_agent(me, true, asked), [&""; 0]);
    // A socket that was opened meanwhile is not concerned either.
    let asked = registry.last_change();
    registry.add(agent(true), "second");
    assert_eq!(registry.correct_agent(me, false, asked), [&""; 0]);
    // What has not changed since is corrected, and that is news to whoever asked before.
    let asked = registry.last_change();
    assert_eq!(registry.correct_agent(me, true, asked), [&"first"]);
    assert_eq!(registry.correct(key, false), None);
    assert_eq!(registry.set_receiving(me, false), [&"first", &"second"]);
}
