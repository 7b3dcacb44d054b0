//! What forms share: errors by field, from the person's leaving a field and from the server's answer alike.

use crate::{
    i18n::{
        errors::{error_text, field_text},
        lang,
    },
    ui::{Icon, IconView},
};
use client::rest::ApiError;
use leptos::{html, prelude::*, task::spawn_local};
use std::pin::Pin;
use types::{
    error::{ErrorCode, FieldError},
    validate::Fault,
};
use wasm_bindgen::JsCast;

/// What a form does when it is sent.
pub type Work = Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// The errors of one form. `Copy`.
#[derive(Clone, Copy)]
pub struct FormErrors {
    fields: RwSignal<Vec<FieldError>>,
    whole: RwSignal<Option<ApiError>>,
    /// The fields that show their own errors.
    shown: StoredValue<Vec<&'static str>>,
}

impl FormErrors {
    /// No errors yet.
    pub fn none() -> Self {
        Self { fields: RwSignal::new(Vec::new()), whole: RwSignal::new(None), shown: StoredValue::new(Vec::new()) }
    }

    /// What is wrong with a field, in the person's language.
    pub fn of(self, field: &'static str) -> Signal<Option<String>> {
        self.of_named(field, field)
    }

    /// The same of a field that people know by the name of another: not every `name` is a channel's.
    pub fn of_named(self, field: &'static str, named: &'static str) -> Signal<Option<String>> {
        self.shown.update_value(|shown| shown.push(field));
        Signal::derive(move || {
            let wrong = self.fields.with(|errors| errors.iter().find(|error| error.field == field).cloned());
            wrong.map(|error| field_text(lang(), &FieldError { field: named.to_owned(), ..error }))
        })
    }

    /// What is wrong with the form as a whole.
    pub fn of_whole(self) -> Signal<Option<String>> {
        Signal::derive(move || self.whole.with(|error| error.as_ref().map(|error| error_text(lang(), error))))
    }

    /// Notes the outcome of checking one field.
    pub fn check(self, field: &'static str, outcome: Result<(), Fault>) {
        self.fields.update(|errors| {
            errors.retain(|error| error.field != field);
            if let Err(fault) = outcome {
                errors.push(fault.of(field));
            }
        });
    }

    /// Takes the outcome of checking every field; whether all is well.
    pub fn check_all(self, errors: Vec<FieldError>) -> bool {
        let well = errors.is_empty();
        self.whole.set(None);
        self.fields.set(errors);
        well
    }

    /// Takes the server's answer apart: errors of fields go to their fields, the rest to the form, and so do those of fields
    /// that the form does not show. An answer that comes after the form has gone is nobody's.
    pub fn fail(self, error: ApiError) {
        match error {
            ApiError::Problem(mut problem) if problem.code == ErrorCode::Invalid && !problem.errors.is_empty() => {
                let Some(shown) = self.shown.try_get_value() else { return };
                let errors = std::mem::take(&mut problem.errors);
                let (own, others): (Vec<_>, Vec<_>) =
                    errors.into_iter().partition(|error| shown.contains(&error.field.as_str()));
                problem.errors = others;
                let rest = (!problem.errors.is_empty()).then_some(ApiError::Problem(problem));
                self.whole.try_set(rest);
                self.fields.try_set(own);
            }
            error => {
                self.whole.try_set(Some(error));
            }
        }
    }

    /// Carries out what a form asks for: busy meanwhile, and what goes wrong is shown. Boxed, so that all forms share this.
    pub fn carry_out(self, form: NodeRef<html::Form>, busy: RwSignal<bool>, work: Work) {
        busy.set(true);
        spawn_local(async move {
            if let Err(error) = work.await {
                self.fail(error);
                Self::show_first(form);
            }
            busy.try_set(false);
        });
    }

    /// Puts the person at the first field that is wrong.
    pub fn show_first<E>(form: NodeRef<E>)
    where
        E: html::ElementType + 'static,
        E::Output: AsRef<web_sys::Element> + JsCast + Clone + 'static,
    {
        request_animation_frame(move || {
            // The form may be gone by the time the answer is here.
            let first = form
                .try_get_untracked()
                .flatten()
                .and_then(|form| {
                    AsRef::<web_sys::Element>::as_ref(&form).query_selector("[aria-invalid=true]").ok().flatten()
                })
                .and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(field) = first {
                // A field that cannot take the focus still shows its error.
                drop(field.focus());
            }
        });
    }
}

/// What is wrong with the form as a whole, above its button.
#[component]
pub fn FormError(
    /// Of which form.
    errors: FormErrors,
) -> impl IntoView {
    view! { <ErrorPlace text=errors.of_whole() /> }
}

/// Where it is said what went wrong, in a form or in a window that asks: a note on the page would be behind that window.
#[component]
pub fn ErrorPlace(
    /// What went wrong.
    #[prop(into)]
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="form-error-place" role="alert">
            <Show when=move || text.with(Option::is_some)>
                <p class="form-error">
                    <IconView icon=Icon::Alert size=18 />
                    <span>{move || text.get()}</span>
                </p>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::error::{FieldCode, Problem};

    fn invalid(fields: &[&str]) -> ApiError {
        let mut problem = Problem::new(ErrorCode::Invalid, "");
        let error = |field: &&str| FieldError {
            field: (*field).to_owned(),
            code: FieldCode::Expired,
            detail: String::new(),
            limit: None,
        };
        problem.errors = fields.iter().map(error).collect();
        ApiError::Problem(Box::new(problem))
    }

    #[test]
    fn an_error_of_a_field_that_is_not_shown_is_the_whole_forms() {
        Owner::new().with(|| {
            let errors = FormErrors::none();
            let mobile = errors.of("mobile");
            errors.fail(invalid(&["mobile"]));
            assert!(mobile.get().is_some() && errors.of_whole().get().is_none());
            errors.fail(invalid(&["proof"]));
            assert_eq!(mobile.get(), None);
            assert!(errors.of_whole().get().is_some_and(|text| text.contains(lang().proof())));
        });
    }

    #[test]
    fn an_answer_after_the_form_has_gone_is_nobodys() {
        let owner = Owner::new();
        let errors = owner.with(FormErrors::none);
        owner.cleanup();
        drop(owner);
        errors.fail(invalid(&["mobile"]));
        errors.fail(ApiError::Network("late".to_owned()));
    }
}
