//! An import as the page knows it: the table that is at hand, what its columns are to be, and how far it has come. What goes on is asked of
//! the server, so that whoever leaves the page and comes back finds it.

use super::words::{table_language, trouble};
use crate::{
    api::{ConsoleApi, Identified, use_api, use_identity},
    i18n::{errors::error_text, format, lang_now},
    ui::{Toasts, download, use_toasts},
};
use client::rest::ApiError;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use types::contact_imports::{
    BeginContactImport, ContactImport, CreateImportFailureExport, ImportColumn, ImportDuplicates, ImportField,
    ImportState,
};
use types::error::{ErrorCode, Problem};
use types::id::{ChannelId, ContactImportId};
use types::limits::IMPORT_BYTES_MAX;
use types::validate::Validate;
use web_sys::File;

/// How often it is asked how far it has come.
const PAUSE: Duration = Duration::from_millis(700);
/// A result is shown to whoever comes back within so many milliseconds.
const SHOWN_FOR: i64 = 10 * 60 * 1000;

/// What the window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A file is chosen.
    Choose,
    /// What the columns of this table are, and what its check came to.
    Columns(ContactImportId),
    /// How far it has come, and what it came to.
    Outcome,
}

/// The import. `Copy`.
#[derive(Clone, Copy)]
pub struct Importing {
    api: StoredValue<ConsoleApi>,
    identity: Identified,
    toasts: Toasts,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Contacts were imported: the page shows others.
    changed: Callback<()>,
    /// Whether the window is open.
    pub open: RwSignal<bool>,
    /// One's last imports, newest first; none before they have come.
    pub all: RwSignal<Option<Vec<ContactImport>>>,
    /// Why they have not come.
    pub unlisted: RwSignal<Option<ApiError>>,
    /// The import at hand.
    pub shown: RwSignal<Option<ContactImport>>,
    /// What each of its columns is to be; nothing where it is left out.
    pub fields: RwSignal<Vec<Option<ImportField>>>,
    /// Whose contacts they become.
    pub channel_id: RwSignal<Option<ChannelId>>,
    /// What is done with those who are there.
    pub duplicates: RwSignal<ImportDuplicates>,
    /// The server is asked for something.
    pub busy: RwSignal<bool>,
    /// What went wrong with what was asked for last.
    pub problem: RwSignal<Option<String>>,
}

impl Importing {
    /// None yet.
    pub fn new(changed: Callback<()>) -> Self {
        let importing = Self {
            api: StoredValue::new(use_api()),
            identity: use_identity(),
            toasts: use_toasts(),
            timer: StoredValue::new(None),
            changed,
            open: RwSignal::new(false),
            all: RwSignal::new(None),
            unlisted: RwSignal::new(None),
            shown: RwSignal::new(None),
            fields: RwSignal::new(Vec::new()),
            channel_id: RwSignal::new(None),
            duplicates: RwSignal::new(ImportDuplicates::Skip),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
        };
        on_cleanup(move || importing.rest());
        importing
    }

    /// What the window shows.
    pub fn stage(self) -> Stage {
        self.shown.with(|shown| match shown {
            None => Stage::Choose,
            Some(import) if import.state == ImportState::Ready => Stage::Columns(import.id),
            Some(import) if import.state == ImportState::Running && is_trial(import) => Stage::Columns(import.id),
            Some(_) => Stage::Outcome,
        })
    }

    /// Whether it goes on at the server.
    pub fn goes_on(self) -> bool {
        self.shown.with(|shown| shown.as_ref().is_some_and(|import| import.state == ImportState::Running))
    }

    /// Fetches the last imports. One that goes on, or has ended a moment ago, is shown.
    pub fn look(self) {
        let api = self.api.get_value();
        self.unlisted.set(None);
        spawn_local(async move {
            let all = match api.list_contact_imports().await {
                Ok(all) => all.items,
                Err(error) => {
                    self.unlisted.try_set(Some(error));
                    return;
                }
            };
            // Of several the one that goes on is followed.
            let goes_on = all.iter().find(|import| import.state == ImportState::Running);
            let newest = goes_on.or_else(|| all.first()).cloned();
            let is_recent = |ended| format::now().millis_since(ended) < SHOWN_FOR;
            let is_told = |import: &ContactImport| match import.state {
                ImportState::Running => true,
                ImportState::Finished | ImportState::Cancelled => {
                    was_begun(import) && import.finished_at.is_some_and(is_recent)
                }
                ImportState::Ready | ImportState::Receiving => false,
            };
            if self.all.try_set(Some(all)).is_some() {
                return;
            }
            if let Some(import) = newest.filter(is_told)
                && self.shown.try_with_untracked(Option::is_none) == Some(true)
                && self.busy.try_get_untracked() == Some(false)
                // Whoever has the window open is choosing a file, unless theirs goes on.
                && (import.state == ImportState::Running || self.open.try_get_untracked() == Some(false))
            {
                self.take(import);
            }
        });
    }

    /// Opens the window; a new table is meant for this channel, unless another is chosen.
    pub fn begin(self, channel_id: Option<ChannelId>) {
        if self.shown.with_untracked(Option::is_none) {
            self.channel_id.set(channel_id);
        } else if self.stage_now() == Stage::Outcome && !self.goes_on() {
            // What it came to was read: one who opens the window again wants another.
            self.forget(channel_id);
        }
        self.open.set(true);
        self.look();
    }

    fn stage_now(self) -> Stage {
        untrack(|| self.stage())
    }

    /// Takes an import up: its table is at hand.
    pub fn take(self, import: ContactImport) {
        let begun = import.request.clone();
        let columns = begun.as_ref().map_or(&import.suggested, |request| &request.columns);
        let field = |place: usize| {
            let place = u16::try_from(place).ok()?;
            columns.iter().find(|column| column.column == place).map(|column| column.field)
        };
        if self.fields.try_set((0..import.head.len()).map(field).collect()).is_some() {
            return;
        }
        if let Some(request) = begun {
            self.channel_id.set(Some(request.channel_id));
            self.duplicates.set(request.duplicates);
        }
        self.problem.set(None);
        self.follow(import);
    }

    /// Shows none any more; whatever it was stays at the server.
    pub fn forget(self, channel_id: Option<ChannelId>) {
        self.clear(channel_id);
        self.look();
    }

    fn clear(self, channel_id: Option<ChannelId>) {
        self.rest();
        self.problem.set(None);
        self.duplicates.set(ImportDuplicates::Skip);
        self.channel_id.set(channel_id);
        self.shown.set(None);
    }

    /// What is asked for, if it can be: somebody is known by something, and there is a channel.
    pub fn request(self, trial: bool) -> Option<BeginContactImport> {
        let columns = self.fields.with(|fields| {
            let of = |(place, field): (usize, &Option<ImportField>)| {
                Some(ImportColumn { column: u16::try_from(place).ok()?, field: (*field)? })
            };
            fields.iter().enumerate().filter_map(of).collect()
        });
        let channel_id = self.channel_id.get()?;
        let request = BeginContactImport { channel_id, columns, duplicates: self.duplicates.get(), trial };
        request.validate().is_empty().then_some(request)
    }

    /// Whether all of the table was checked, as it would be imported now.
    pub fn is_checked(self) -> bool {
        let request = self.request(true);
        self.shown.with(|shown| {
            shown.as_ref().is_some_and(|import| {
                import.state == ImportState::Ready
                    && import.percent == 100
                    && request.is_some()
                    && import.request == request
            })
        })
    }

    /// Sends a file to the server, which reads it and keeps it.
    pub fn upload(self, file: File) {
        let lang = lang_now();
        let name = file.name().to_lowercase();
        if [".xlsx", ".xls", ".et", ".numbers", ".ods"].iter().any(|ending| name.ends_with(ending)) {
            self.problem.set(Some(lang.import_is_workbook().to_owned()));
            return;
        }
        #[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "a few megabytes are exact")]
        if file.size() > IMPORT_BYTES_MAX as f64 {
            self.problem.set(Some(lang.import_too_large().to_owned()));
            return;
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let answer = self.identity.post_file("/api/v1/contact-imports", file.as_ref()).await;
            if self.busy.try_set(false).is_some() {
                // The page is not there any more; the table is among the last imports.
                return;
            }
            let taken = answer.ok().map(|answer| {
                let problem = types::json::from_str::<Problem>(&answer.body);
                match (answer.status, types::json::from_str::<ContactImport>(&answer.body), problem) {
                    (201, Ok(import), _) => Ok(import),
                    (413, ..) => Err(lang_now().import_too_large().to_owned()),
                    (.., Ok(problem)) => Err(trouble(lang_now(), &ApiError::Problem(Box::new(problem)))),
                    _ => Err(lang_now().upload_failed_network().to_owned()),
                }
            });
            match taken {
                Some(Ok(import)) => self.take(import),
                Some(Err(problem)) => self.fail(problem),
                None => self.fail(lang_now().upload_failed_network().to_owned()),
            }
        });
    }

    /// Says what went wrong: in the window, and where that was closed meanwhile, on the page.
    fn fail(self, problem: String) {
        if !self.open.get_untracked() {
            self.toasts.error(problem.clone());
        }
        self.problem.set(Some(problem));
    }

    /// Imports the table, or only checks it.
    pub fn start(self, trial: bool) {
        let id = self.shown.with_untracked(|shown| shown.as_ref().map(|import| import.id));
        let (Some(id), Some(request)) = (id, untrack(|| self.request(trial))) else { return };
        self.ask_for(async move |api| api.begin_contact_import(id, &request).await);
    }

    /// Stops what goes on: a check can be made again; of an import what was written stays.
    pub fn stop(self) {
        let Some(id) = self.shown.with_untracked(|shown| shown.as_ref().map(|import| import.id)) else { return };
        self.ask_for(async move |api| api.cancel_contact_import(id).await);
    }

    /// Throws the table away, for another.
    pub fn discard(self) {
        let Some(id) = self.shown.with_untracked(|shown| shown.as_ref().map(|import| import.id)) else { return };
        let channel_id = self.channel_id.get_untracked();
        let api = self.api.get_value();
        self.clear(channel_id);
        spawn_local(async move {
            // Where it fails the table is kept for a week, and then goes by itself.
            drop(api.cancel_contact_import(id).await);
            if !self.all.is_disposed() {
                self.look();
            }
        });
    }

    fn ask_for(self, ask: impl AsyncFnOnce(ConsoleApi) -> Result<ContactImport, ApiError> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        let api = self.api.get_value();
        spawn_local(async move {
            let answer = ask(api).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(import) => self.follow(import),
                Err(error) => self.fail(trouble(lang_now(), &error)),
            }
        });
    }

    /// Shows this one, until it has ended.
    fn follow(self, import: ContactImport) {
        let goes_on = import.state == ImportState::Running;
        let wrote = !goes_on
            && self.shown.try_with_untracked(|shown| {
                shown.as_ref().is_some_and(|shown| shown.state == ImportState::Running && !is_trial(shown))
            }) == Some(true);
        if self.shown.try_set(Some(import)).is_some() {
            return;
        }
        if wrote {
            self.changed.try_run(());
        }
        if goes_on {
            self.rest();
            self.timer.set_value(set_timeout_with_handle(move || self.ask(), PAUSE).ok());
        }
    }

    fn ask(self) {
        let Some(api) = self.api.try_get_value() else { return };
        spawn_local(async move {
            let answer = api.list_contact_imports().await;
            let Some(Some(shown)) = self.shown.try_get_untracked() else { return };
            let newer = answer.ok().and_then(|all| all.items.into_iter().find(|import| import.id == shown.id));
            // Where there was no answer, the next one tells.
            self.follow(newer.unwrap_or(shown));
        });
    }

    fn rest(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    /// Lets the rows of an import that have a fault be saved.
    pub fn save_failures(self, id: ContactImportId) {
        let (api, toasts) = (self.api.get_value(), self.toasts);
        spawn_local(async move {
            let request = CreateImportFailureExport { language: table_language(lang_now()) };
            match api.create_import_failure_export(id, &request).await {
                Ok(export) => download(&export.path),
                Err(error) if error.code() == Some(ErrorCode::NotFound) => {
                    toasts.error(lang_now().import_gone().to_owned());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    }
}

/// Whether it was begun for good.
pub fn was_begun(import: &ContactImport) -> bool {
    import.request.is_some() && !is_trial(import)
}

/// Whether it is only tried.
pub fn is_trial(import: &ContactImport) -> bool {
    import.request.as_ref().is_some_and(|request| request.trial)
}
