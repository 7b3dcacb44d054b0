//! Limits that both sides of the wire know. Lengths are in characters (Unicode scalar values) unless the name says bytes.

/// Longest organisation name.
pub const ORG_NAME_MAX: usize = 80;
/// Longest name of a person.
pub const PERSON_NAME_MAX: usize = 40;
/// Longest id of a visitor's account at the company.
pub const EXTERNAL_ID_MAX: usize = 128;
/// Shortest login account.
pub const ACCOUNT_MIN: usize = 4;
/// Longest login account.
pub const ACCOUNT_MAX: usize = 32;
/// Shortest password.
pub const PASSWORD_MIN: usize = 8;
/// Longest password; argon2 would take more, a request body should not.
pub const PASSWORD_MAX: usize = 128;
/// Longest email address (RFC 5321).
pub const EMAIL_MAX: usize = 254;
/// Digits of a mainland China mobile number.
pub const MOBILE_DIGITS: usize = 11;
/// Digits of a verification code.
pub const CODE_DIGITS: usize = 6;
/// Seconds a verification code is good for.
pub const CODE_LIFETIME_SECONDS: i64 = 300;
/// Wrong tries that a verification code bears.
pub const CODE_TRIES: i32 = 5;
/// Seconds between two sends to one number.
pub const CODE_RESEND_SECONDS: i64 = 60;
/// Recovery codes that an account with a second factor has.
pub const RECOVERY_CODES: usize = 10;
/// Longest text that is looked at as a code of the second factor, signs between its groups included.
pub const SECOND_FACTOR_CODE_MAX: usize = 40;
/// Most agents of one organisation, those who are disabled included.
pub const AGENTS_MAX: u64 = 1_000;
/// Lowest level of an agent.
pub const AGENT_LEVEL_MIN: u8 = 1;
/// Highest level of an agent.
pub const AGENT_LEVEL_MAX: u8 = 10;
/// Most conversations that an agent's capacity can be; 0 is no limit.
pub const AGENT_CAPACITY_MAX: u16 = 500;
/// Most groups of agents of one organisation.
pub const AGENT_GROUPS_MAX: usize = 50;
/// Longest name of a group of agents.
pub const AGENT_GROUP_NAME_MAX: usize = 20;
/// Longest channel name.
pub const CHANNEL_NAME_MAX: usize = 40;
/// Longest channel introduction.
pub const CHANNEL_INTRODUCTION_MAX: usize = 500;
/// Farthest that a widget's launcher or window stands from an edge of the page, in CSS pixels.
pub const STYLE_DISTANCE_MAX: u16 = 300;
/// The lowest that a widget's window can be, in CSS pixels.
pub const STYLE_HEIGHT_MIN: u16 = 360;
/// The highest that a widget's window beside the page can be.
pub const STYLE_HEIGHT_MAX: u16 = 1_000;
/// The narrowest that a widget's large window can be.
pub const STYLE_LARGE_WIDTH_MIN: u16 = 480;
/// The widest that a widget's large window can be.
pub const STYLE_LARGE_WIDTH_MAX: u16 = 1_600;
/// The highest that a widget's large window can be.
pub const STYLE_LARGE_HEIGHT_MAX: u16 = 1_200;
/// The least of a phone's height that an open chat takes, in per cent: below it a keyboard would leave no messages.
pub const STYLE_PERCENT_MIN: u16 = 40;
/// Longest words on a widget's launcher.
pub const LAUNCHER_TEXT_MAX: usize = 12;
/// Published styles of a channel that are kept, the newest.
pub const STYLE_VERSIONS_KEPT: u16 = 50;
/// Most allowed domains of a channel.
pub const DOMAINS_MAX: usize = 50;
/// Most characters that they have in all.
pub const DOMAINS_CHARACTERS_MAX: usize = 2_000;
/// Most channels of one organisation.
pub const CHANNELS_MAX: u64 = 500;
/// Most groups of channels of one organisation.
pub const CHANNEL_GROUPS_MAX: usize = 100;
/// Longest name of a group of channels.
pub const CHANNEL_GROUP_NAME_MAX: usize = 40;
/// Longest welcome text.
pub const WELCOME_MAX: usize = 1_000;
/// Longest text message.
pub const MESSAGE_TEXT_MAX: usize = 5_000;
/// Seconds within which a message can be recalled by its author.
pub const RECALL_SECONDS: i64 = 120;
/// Most that agents see of a text that a visitor has not sent: its end.
pub const UNSENT_TEXT_MAX: usize = 1_000;
/// After how many milliseconds somebody who goes on writing says so again.
pub const TYPING_AGAIN_MILLIS: i64 = 3_000;
/// The same where what is written is shown.
pub const UNSENT_AGAIN_MILLIS: i64 = 1_000;
/// For how many milliseconds somebody counts as writing after they have said so.
pub const TYPING_SHOWN_MILLIS: i64 = 8_000;
/// For how many milliseconds a text that was not sent is shown after it has changed.
pub const UNSENT_SHOWN_MILLIS: i64 = 60_000;
/// Most agents that a note mentions.
pub const MENTIONS_MAX: usize = 20;
/// Bytes of the largest picture that is taken as an agent's, or a channel's.
pub const AVATAR_BYTES_MAX: u64 = 5 * 1024 * 1024;
/// The side of such a picture at most, in pixels.
pub const AVATAR_SIDE_MAX: u32 = 512;
/// Most notes of one answer.
pub const NOTES_MAX: u16 = 100;
/// Longest name of a file.
pub const FILE_NAME_MAX: usize = 150;
/// Largest JSON body of the REST API, in bytes.
pub const BODY_MAX_BYTES: usize = 64 * 1024;
/// Largest WebSocket frame from a client, in bytes.
pub const FRAME_MAX_BYTES: usize = 32 * 1024;
/// Items of a page when the caller does not say.
pub const PAGE_DEFAULT: u16 = 50;
/// Most items of a page.
pub const PAGE_MAX: u16 = 100;
/// Most events of one catch-up answer; a client further behind starts afresh.
pub const EVENTS_MAX: u16 = 500;
/// Most conversations that an agent keeps at the top of the list.
pub const PINNED_MAX: u16 = 50;
/// Most agents who take part in a conversation besides its assignee: every event of it names them.
pub const MEMBERS_MAX: u16 = 20;
/// Most views of the list of conversations that an agent keeps.
pub const SAVED_VIEWS_MAX: u16 = 20;
/// Longest name of such a view.
pub const SAVED_VIEW_NAME_MAX: usize = 30;
/// Most days that such a view looks back.
pub const SAVED_VIEW_DAYS_MAX: u16 = 365;
/// Longest phone number of a contact.
pub const CONTACT_PHONE_MAX: usize = 32;
/// Longest remark on a contact.
pub const CONTACT_REMARK_MAX: usize = 1_000;
/// How many contacts are merged into one; each brings the one conversation that it has, which bounds what a merge writes.
pub const CONTACT_MERGES_MAX: usize = 20;
/// How long a merge can be undone, in days.
pub const CONTACT_MERGE_UNDO_DAYS: i64 = 7;
/// How many likely duplicates of a contact are offered.
pub const DUPLICATES_MAX: usize = 20;
/// Most API tokens of one organisation, those that have expired included.
pub const API_TOKENS_MAX: u64 = 50;
/// Longest name of an API token.
pub const API_TOKEN_NAME_MAX: usize = 40;
/// Longest `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;
/// Most groups of tags of one organisation.
pub const TAG_GROUPS_MAX: usize = 50;
/// Most tags in a group.
pub const TAGS_MAX: usize = 100;
/// Longest name of a group of tags, and of a tag.
pub const TAG_NAME_MAX: usize = 20;
/// Most tags of a contact.
pub const CONTACT_TAGS_MAX: usize = 20;
/// Most contacts that are named to be given tags at once; those that a filter finds are as many as there are.
pub const TAGGED_BY_NAME_MAX: usize = 1_000;
/// How many taggings of an agent are kept, the newest.
pub const TAGGINGS_KEPT: u64 = 10;
/// Bytes of the largest table of contacts that is imported.
pub const IMPORT_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Most rows of such a table, without its head.
pub const IMPORT_ROWS_MAX: usize = 100_000;
/// Most columns of such a table.
pub const IMPORT_COLUMNS_MAX: usize = 60;
/// Characters of a cell of a table of contacts that are kept: more than any field takes.
pub const IMPORT_CELL_MAX: usize = 5_000;
/// Rows of it that are shown before it is imported.
pub const IMPORT_SAMPLE_ROWS: usize = 5;
/// Faults that an import tells of by itself; the table of failed rows has them all.
pub const IMPORT_FAULTS_TOLD: usize = 20;
/// How many imports of an admin are kept, the newest.
pub const IMPORTS_KEPT: u64 = 10;
/// For how many days a table that was not imported, and the rows that failed, are kept.
pub const IMPORT_KEPT_DAYS: i64 = 7;
/// Most fields that an organisation adds to its contacts.
pub const CUSTOM_FIELDS_MAX: usize = 20;
/// Longest name of such a field.
pub const CUSTOM_FIELD_NAME_MAX: usize = 20;
/// Most choices of such a field.
pub const CUSTOM_CHOICES_MAX: usize = 50;
/// Longest choice.
pub const CUSTOM_CHOICE_MAX: usize = 40;
/// Longest text in such a field.
pub const CUSTOM_VALUE_MAX: usize = 200;
/// Most fields of the form before the chat.
pub const PRE_CHAT_FIELDS_MAX: usize = 8;
/// Longest line above them.
pub const PRE_CHAT_TITLE_MAX: usize = 60;
/// Longest text to search for.
pub const SEARCH_TEXT_MAX: usize = 100;
/// Messages of a page of search results when the caller does not say.
pub const SEARCH_PAGE_DEFAULT: u16 = 20;
/// Most messages of a page of search results.
pub const SEARCH_PAGE_MAX: u16 = 50;
/// Longest URL that we keep of a visitor's page (referrer, landing page).
pub const URL_MAX: usize = 2_048;
/// Longest address of a push service.
pub const PUSH_ENDPOINT_MAX: usize = 2_048;
/// Browsers in which one agent is reached by Web Push; one more takes the place of the one that was set longest ago.
pub const PUSH_SUBSCRIPTIONS_MAX: u64 = 20;
/// Longest page title that we keep.
pub const PAGE_TITLE_MAX: usize = 200;
/// Longest user agent that we keep.
pub const USER_AGENT_MAX: usize = 512;
/// Megabytes of a file that can be allowed at most, by the installation or a channel.
pub const FILE_MEGABYTES_MAX: i64 = 4096;

/// Most webhooks of one organisation.
pub const WEBHOOKS_MAX: usize = 20;
/// Longest description of a webhook.
pub const WEBHOOK_DESCRIPTION_MAX: usize = 200;
/// For how many hours the secret before is signed with as well.
pub const WEBHOOK_SECRET_OVERLAP_HOURS: i64 = 24;
/// For how many days the log of what webhooks were told is kept.
pub const WEBHOOK_LOG_DAYS: i64 = 30;
/// Bytes that are kept of what a webhook answers.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 1_024;
/// Most deliveries that one request has sent again.
pub const WEBHOOK_REPLAYS_MAX: u64 = 1_000;

/// Groups that serve a channel.
pub const SERVING_GROUPS_MAX: usize = 100;

/// Open conversations of an agent that are counted at most: a load beyond is as good as this.
pub const LOAD_MAX: u32 = 1_000;

/// Seconds for which a conversation is put off at most: a year.
pub const SNOOZE_SECONDS_MAX: i64 = 366 * 24 * 60 * 60;
/// Conversations that an agent has put off at most: they do not count to what they may have, and what has no bound hides work.
pub const SNOOZED_MAX: u32 = 500;

/// Visitors of one line of the queue who are told their place in it as it changes; those behind them learn theirs when they open the chat.
pub const QUEUE_TOLD_MAX: u64 = 500;
