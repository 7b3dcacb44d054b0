//! A contact's tags, and the picker that changes them: what is picked is saved at once, and picking it again takes it back.

use crate::components::tag_chip::{TagDot, tag_chip};
use crate::i18n::{lang, t};
use crate::routes;
use crate::stores::session::use_session;
use crate::stores::tags::use_tags;
use crate::ui::{Button, ButtonSize, Icon, effect, has_fine_pointer, is_composing};
use leptos::{ev, html, prelude::*};
use rules::permissions::Permission;
use types::contacts::Contact;
use types::id::{ContactId, TagGroupId, TagId};
use types::tags::{Tag, TagGroup, comparable};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// The tags, with the button that opens the picker.
#[component]
pub fn ContactTags(
    /// The contact, as far as it is known.
    contact: Memo<Option<Contact>>,
    /// Who.
    id: ContactId,
) -> impl IntoView {
    let tags = use_tags();
    let shown = Memo::new(move |_| {
        let has = contact.with(|contact| contact.as_ref().map(|contact| contact.tag_ids.clone()).unwrap_or_default());
        tags.of(id, &has)
    });
    let open = RwSignal::new(false);
    let root = NodeRef::<html::Section>::new();
    let close = Callback::new(move |()| {
        open.set(false);
        let button = root.try_get_untracked().flatten().and_then(|root| root.query_selector("button").ok().flatten());
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            // It fails only for what has just gone.
            drop(button.focus());
        }
    });
    let left = move |event: ev::FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = root.try_get_untracked().flatten().is_some_and(|root| root.contains(to.as_ref()));
        if !inside {
            open.try_set(false);
        }
    };
    view! {
        <section node_ref=root class="contact-tags" aria-label=t!(tags) on:focusout=left>
            <div class="contact-tags__line">
                <h3 class="contact-tags__title">{t!(tags)}</h3>
                <Button
                    size=ButtonSize::Small
                    icon=Icon::Tag
                    attr:aria-expanded=move || if open.get() { "true" } else { "false" }
                    // The press would take the focus out of the picker, which closes it, and the click would open it anew.
                    on:mousedown=move |event: ev::MouseEvent| {
                        if open.get_untracked() {
                            event.prevent_default();
                        }
                    }
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {t!(tags_edit)}
                </Button>
            </div>
            <div class="tags" aria-live="polite">
                {move || shown.get().into_iter().map(tag_chip).collect_view()}
                <Show when=move || shown.with(Vec::is_empty)>
                    <span class="contact-tags__none">{t!(tags_none_yet)}</span>
                </Show>
            </div>
            <Show when=move || open.get()>
                <Picker id shown close />
            </Show>
        </section>
    }
}

#[component]
fn Picker(id: ContactId, shown: Memo<Vec<Tag>>, close: Callback<()>) -> impl IntoView {
    let tags = use_tags();
    let panel = NodeRef::<html::Div>::new();
    let field = NodeRef::<html::Input>::new();
    let wanted = RwSignal::new(String::new());
    let found = Memo::new(move |_| wanted.with(|wanted| found(tags.groups(), wanted)));
    let is_on = move |tag: TagId| shown.with_untracked(|shown| shown.iter().any(|one| one.id == tag));
    let pick = Callback::new(move |tag: TagId| tags.pick(id, tag, !is_on(tag)));
    let to_field = move || {
        if let Some(field) = field.try_get_untracked().flatten() {
            drop(field.focus());
        }
    };
    effect(move || {
        // Where a soft keyboard would cover the tags, one looks first.
        match panel.get() {
            Some(panel) if has_fine_pointer() && field.get().is_some() => {
                let _panel = panel;
                to_field();
            }
            Some(panel) => drop(panel.focus()),
            None => {}
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        let Some(panel) = panel.try_get_untracked().flatten() else { return };
        let key = event.key();
        let at = focused(&panel);
        match key.as_str() {
            "Escape" => {
                event.stop_propagation();
                close.run(());
            }
            "Enter" if at.is_none() => {
                let is_search = wanted.with_untracked(|wanted| !wanted.trim().is_empty());
                let first = found.with_untracked(|groups| groups.first()?.tags.first().map(|tag| tag.id));
                if let Some(first) = first.filter(|_| is_search) {
                    pick.run(first);
                }
            }
            "ArrowDown" => focus_at(&panel, at.map_or(0, |at| at.saturating_add(1))),
            "ArrowUp" => match at {
                None => return,
                Some(0) => to_field(),
                Some(at) => focus_at(&panel, at.saturating_sub(1)),
            },
            "Home" if at.is_some() => focus_at(&panel, 0),
            "End" if at.is_some() => focus_at(&panel, usize::MAX),
            _ => return,
        }
        event.prevent_default();
    };
    // Where a browser does not focus what is pressed, the press would close the picker under the click.
    let on_press = move |event: ev::MouseEvent| {
        let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let takes_focus = element.is_some_and(|element| {
            element.has_type::<HtmlInputElement>() || element.closest("a").ok().flatten().is_some()
        });
        if !takes_focus {
            event.prevent_default();
        }
    };
    view! {
        <div
            node_ref=panel
            class="tag-picker"
            role="dialog"
            tabindex="-1"
            aria-label=t!(tags_edit)
            on:keydown=on_key
            on:mousedown=on_press
        >
            <Show when=move || tags.are_there() fallback=Nothing>
                <input
                    node_ref=field
                    class="tag-picker__search"
                    type="text"
                    autocomplete="off"
                    enterkeyhint="done"
                    aria-label=t!(tags_search)
                    placeholder=t!(tags_search)
                    prop:value=move || wanted.get()
                    on:input=move |event| wanted.set(event_target_value(&event))
                />
                <div class="tag-picker__groups">
                    <For each=move || found.get() key=what_is_shown let(group)>
                        <Group group shown pick />
                    </For>
                    <Show when=move || found.with(Vec::is_empty)>
                        <p class="tag-picker__nothing" role="status">{t!(tags_nothing)}</p>
                    </Show>
                </div>
            </Show>
        </div>
    }
}

/// There is nothing to pick from.
#[component]
fn Nothing() -> impl IntoView {
    let session = use_session();
    let may = session.may(Permission::ManageTags);
    view! {
        <div class="tag-picker__nothing">
            <p>{t!(tags_empty)}</p>
            {if may {
                view! { <a href=routes::TAGS>{t!(tags_manage)}</a> }.into_any()
            } else {
                view! { <p>{t!(tags_empty_ask)}</p> }.into_any()
            }}
        </div>
    }
}

/// A group's tags, to be picked.
#[component]
pub fn Group(
    /// The group.
    group: TagGroup,
    /// What is picked.
    shown: Memo<Vec<Tag>>,
    /// Picks a tag, or takes it back.
    pick: Callback<TagId>,
    /// Each is reached by the tab key; otherwise whoever shows the group moves the focus.
    #[prop(optional)]
    in_order: bool,
) -> impl IntoView {
    let TagGroup { name, single_choice, tags, .. } = group;
    let how = move || if single_choice { lang().tag_single() } else { lang().tag_multiple() };
    let label = name.clone();
    view! {
        <div role=if single_choice { "radiogroup" } else { "group" } aria-label=label>
            <p class="tag-picker__group" aria-hidden="true">
                <span class="tag-picker__group-name">{name}</span>
                <span class="tag-picker__how">{how}</span>
            </p>
            {tags
                .into_iter()
                .map(|Tag { id, name, color }| {
                    let is_on = Memo::new(move |_| shown.with(|shown| shown.iter().any(|tag| tag.id == id)));
                    view! {
                        <button
                            type="button"
                            class="tag-picker__tag"
                            role=if single_choice { "radio" } else { "checkbox" }
                            aria-checked=move || if is_on.get() { "true" } else { "false" }
                            tabindex=if in_order { "0" } else { "-1" }
                            on:click=move |_| pick.run(id)
                        >
                            <TagDot color />
                            <span class="tag-picker__name">{name}</span>
                            <span class="tag-picker__mark" aria-hidden="true"></span>
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// A group with other tags than before, or that is called otherwise, is drawn anew.
fn what_is_shown(group: &TagGroup) -> (TagGroupId, i64, Vec<TagId>) {
    (group.id, group.version, group.tags.iter().map(|tag| tag.id).collect())
}

/// The groups with what was searched for; all of a group whose own name has it.
fn found(mut groups: Vec<TagGroup>, wanted: &str) -> Vec<TagGroup> {
    let wanted = comparable(wanted);
    let has = |name: &str| comparable(name).contains(&wanted);
    for group in &mut groups {
        if !has(&group.name) {
            group.tags.retain(|tag| has(&tag.name));
        }
    }
    groups.retain(|group| !group.tags.is_empty());
    groups
}

fn buttons(panel: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = panel.query_selector_all(".tag-picker__tag") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok()).collect()
}

fn focused(panel: &HtmlElement) -> Option<usize> {
    let active = document().active_element()?;
    buttons(panel).iter().position(|button| button.is_same_node(Some(&active)))
}

fn focus_at(panel: &HtmlElement, place: usize) {
    let buttons = buttons(panel);
    if let Some(button) = buttons.get(place).or_else(|| buttons.last()) {
        // It fails only for what has just gone.
        drop(button.focus());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::tags::TagColor;
    use uuid::Uuid;

    #[test]
    fn a_search_finds_tags_and_all_of_a_group_by_its_name() {
        let tag = |name: &str| Tag { id: TagId(Uuid::nil()), name: name.to_owned(), color: TagColor::Red };
        let group = |name: &str, tags: [&str; 2]| TagGroup {
            id: TagGroupId(Uuid::nil()),
            name: name.to_owned(),
            single_choice: false,
            rank: 0,
            version: 1,
            tags: tags.map(tag).to_vec(),
        };
        let groups = vec![group("级别", ["VIP", "普通"]), group("来源", ["展会", "Vip 推荐"])];
        let names = |wanted: &str| -> Vec<String> {
            let found = found(groups.clone(), wanted);
            found.into_iter().flat_map(|group| group.tags).map(|tag| tag.name).collect()
        };
        assert_eq!(names(" vip"), ["VIP", "Vip 推荐"]);
        assert_eq!(names("来源"), ["展会", "Vip 推荐"]);
        assert_eq!(names("").len(), 4);
        assert!(names("没有").is_empty());
    }
}
