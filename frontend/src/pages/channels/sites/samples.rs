//! What a company's developers take along: how the hash is made on their server, and how page and app hand it over.

use crate::i18n::t;
use crate::ui::{Choice, CopyField, CopyLabels, RadioGroup};
use leptos::{prelude::*, text_prop::TextProp};
use types::channels::Channel;

/// A language that servers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    Node,
    Python,
    Php,
    Java,
    Go,
}

impl Server {
    const ALL: [Self; 5] = [Self::Node, Self::Python, Self::Php, Self::Java, Self::Go];

    fn name(self) -> &'static str {
        match self {
            Self::Node => "Node.js",
            Self::Python => "Python",
            Self::Php => "PHP",
            Self::Java => "Java",
            Self::Go => "Go",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Node => include_str!("samples/identity.cjs"),
            Self::Python => include_str!("samples/identity.py"),
            Self::Php => include_str!("samples/identity.php"),
            Self::Java => include_str!("samples/Identity.java"),
            Self::Go => include_str!("samples/identity.go"),
        }
    }
}

/// The samples, each with a copy button.
#[component]
pub fn Samples(
    /// The channel.
    #[prop(into)]
    channel: Signal<Channel>,
) -> impl IntoView {
    let server = RwSignal::new(Server::Node);
    let labels = |copy: TextProp| CopyLabels { copy, copied: t!(copied).into(), failed: t!(copy_failed).into() };
    let page = "Parlor(\"identify\", {\n  user_id: \"…\",\n  user_hash: \"…\",\n  name: \"…\"\n});";
    let app =
        Signal::derive(move || channel.with(|channel| format!("{}?user_id=…&user_hash=…&name=…", channel.chat_url)));
    view! {
        <RadioGroup
            legend=t!(identity_server)
            value=server
            on_choose=Callback::new(move |chosen| server.set(chosen))
            choices=Server::ALL.map(|server| Choice::new(server, server.name())).to_vec()
        />
        <CopyField
            label=t!(identity_code)
            hint=t!(identity_code_note)
            text=Signal::derive(move || server.get().code().to_owned())
            labels=labels(t!(copy_code).into())
            rows=11
        />
        <CopyField
            label=t!(identity_page)
            hint=t!(identity_page_note)
            text=Signal::stored(page.to_owned())
            labels=labels(t!(copy_code).into())
            rows=5
        />
        <CopyField label=t!(identity_app) hint=t!(identity_app_note) text=app labels=labels(t!(copy_link).into()) />
    }
}
