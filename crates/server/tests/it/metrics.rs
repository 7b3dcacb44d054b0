//! Metrics: the names that are promised, the dashboard and the alerts that use them, and who may read them.

use server::actions::attachments::SWEEP_SECONDS;
use std::collections::{BTreeMap, BTreeSet};
use testkit::{TestServer, db_tests, in_time};

db_tests!(
    what_is_scraped_is_what_is_promised,
    metrics_are_for_whoever_has_the_token,
    the_message_path_is_counted,
    what_goes_on_in_the_background_is_counted,
);

const TOKEN: &str = "a token of sixteen";

/// A name and its kind a line.
const PROMISED: &str = include_str!("metrics.txt");
const DASHBOARD: &str = include_str!("../../../../deploy/grafana/parlor.json");
const ALERTS: &str = include_str!("../../../../deploy/prometheus/alerts.yml");
const OPERATIONS: &str = include_str!("../../../../docs/operations.md");

/// Labels whose values come from closed lists or from the router.
const LABELS: [&str; 15] = [
    "cache", "code", "commit", "disk", "kind", "le", "limit", "method", "outcome", "reason", "route", "state",
    "status", "task", "version",
];

/// Labels that Prometheus itself puts on what it scrapes.
const FROM_PROMETHEUS: [&str; 2] = ["instance", "job"];

async fn scrape(server: &TestServer) -> String {
    let answer = server.anonymous().with_token(TOKEN).get("/metrics").await.having(200);
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    answer.text()
}

fn promised() -> BTreeMap<&'static str, &'static str> {
    PROMISED.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect()
}

/// The value of a series, named as it is written.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find(|line| line.strip_prefix(series).is_some_and(|rest| rest.starts_with(' ')));
    line.unwrap_or_else(|| panic!("no {series} in {text}")).rsplit_once(' ').unwrap().1.parse().unwrap()
}

/// The names under which a metric's series are scraped, by its kind (`OpenMetrics` 1.0, "Suffixes").
fn series_of(name: &str, kind: &str) -> Vec<String> {
    let ends: &[&str] = match kind {
        "counter" => &["_total"],
        "histogram" => &["_bucket", "_sum", "_count"],
        "info" => &["_info"],
        "gauge" => &[""],
        other => panic!("{name} is a {other}"),
    };
    ends.iter().map(|end| format!("{name}{end}")).collect()
}

/// The name of a line's series, and the names of its labels.
fn series_in(line: &str) -> (&str, BTreeSet<&str>) {
    let Some((name, rest)) = line.split_once('{') else {
        return (line.split(' ').next().unwrap(), BTreeSet::new());
    };
    let (labels, _) = rest.rsplit_once('}').unwrap();
    (name, labels.split("\",").filter_map(|pair| pair.split_once('=')).map(|(label, _)| label).collect())
}

/// The series in a text of `PromQL`, each with the labels by which it is chosen there.
fn named_in(text: &str) -> Vec<(&str, BTreeSet<&str>)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("parlor_").into_iter().chain(rest.find("process_")).min() {
        let from = &rest[at..];
        let end = from.find(|c| !is_name(c)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        let chosen = after.strip_prefix('{').and_then(|after| after.split_once('}')).map_or("", |(chosen, _)| chosen);
        let labels = chosen.split(',').filter_map(|pair| pair.split(['=', '!']).next());
        found.push((name, labels.map(str::trim).filter(|label| !label.is_empty()).collect()));
        rest = after;
    }
    found
}

/// The labels that an expression groups or joins by.
fn grouped_by(text: &str) -> BTreeSet<&str> {
    let lists = ["by", "on", "without", "ignoring"].into_iter().flat_map(|word| {
        let after = text.split(word).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('('));
        after.filter_map(|rest| rest.split_once(')')).map(|(list, _)| list)
    });
    lists.flat_map(|list| list.split(',')).map(str::trim).filter(|label| !label.is_empty()).collect()
}

async fn what_is_scraped_is_what_is_promised(server: TestServer) {
    server.reconfigure(|config| config.metrics.token = TOKEN.to_owned().into()).await;
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("你好").await;
    // What strangers make up must not become series.
    for path in ["/made/up", "/api/v1/made-up", "/assets/made-up.js", "/chat/made-up"] {
        server.anonymous().get(path).await;
    }
    let strange = reqwest::Method::from_bytes(b"MADEUP").unwrap();
    server.anonymous().send(server.anonymous().request(strange, "/api/v1/me")).await;
    let text = scrape(&server).await;

    let mut scraped = BTreeMap::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            scraped.insert(name, kind);
        }
    }
    assert_eq!(scraped, promised(), "tests/it/metrics.txt is the promise; dashboards of others are built on it");
    assert!(text.ends_with("# EOF\n"));
    what_is_asked_for_is_scraped(&text);

    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, rest)) = line.split_once('{') else { continue };
        let (labels, _) = rest.rsplit_once('}').unwrap();
        for label in labels.split("\",").filter_map(|pair| pair.split_once('=')) {
            assert!(LABELS.contains(&label.0), "{line}");
        }
        for made_up in ["made", "MADEUP", &organisation.org_id.to_string(), &channel.key] {
            assert!(!labels.contains(made_up), "{line}");
        }
    }
}

/// Every series that the dashboard and the alerts name is among the lines of a scrape, under this very name, with these
/// labels. Counters and histograms with labels have no line before something was counted: of those the name is known.
fn what_is_asked_for_is_scraped(scrape: &str) {
    let mut scraped: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, labels) in scrape.lines().filter(|line| !line.starts_with('#')).map(series_in) {
        scraped.entry(name).or_default().extend(labels);
    }
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.filter_map(|panel| panel["targets"].as_array()).flatten();
    let mut expressions: Vec<&str> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    expressions.extend(ALERTS.lines().filter_map(|line| line.trim().strip_prefix("expr: ")));
    let mut seen = 0;
    for expression in expressions {
        let mut known: BTreeSet<&str> = FROM_PROMETHEUS.into();
        for (name, chosen) in named_in(expression) {
            let Some(labels) = scraped.get(name) else { continue };
            seen += 1;
            known.extend(labels);
            let strange: Vec<_> = chosen.difference(labels).filter(|label| !FROM_PROMETHEUS.contains(label)).collect();
            assert!(strange.is_empty(), "{expression}: {name} has no {strange:?}");
        }
        let is_whole = named_in(expression).iter().all(|(name, _)| scraped.contains_key(name));
        let strange: Vec<_> = grouped_by(expression).into_iter().filter(|label| !known.contains(label)).collect();
        assert!(!is_whole || strange.is_empty(), "{expression} groups by {strange:?}");
    }
    assert!(seen > 40, "only {seen} series of the dashboard are in the scrape");
}

#[test]
fn names_are_read_as_they_are_scraped() {
    let expression =
        "sum by (kind, le) (rate(parlor_events{state=~\"a\", instance!=\"b\"}[5m])) / on (instance) process_threads";
    let named = named_in(expression);
    assert_eq!(named, [("parlor_events", ["instance", "state"].into()), ("process_threads", BTreeSet::new())]);
    assert_eq!(grouped_by(expression), ["instance", "kind", "le"].into());
    assert_eq!(series_of("parlor_events", "counter"), ["parlor_events_total"], "not without its end");
    let line = "parlor_codes_total{outcome=\"failed\",kind=\"a,b\"} 1";
    assert_eq!(series_in(line), ("parlor_codes_total", ["kind", "outcome"].into()));
}

#[test]
fn every_panel_and_every_alert_is_about_a_metric_that_exists() {
    let series: BTreeMap<String, &str> = promised()
        .into_iter()
        .flat_map(|(name, kind)| series_of(name, kind).into_iter().map(move |one| (one, name)))
        .collect();
    let metrics = |expression: &str| -> BTreeSet<&str> {
        let named = named_in(expression).into_iter();
        named
            .map(|(name, _)| *series.get(name).unwrap_or_else(|| panic!("{expression}: nothing is scraped as {name}")))
            .collect()
    };
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut panels = 0;
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap().iter().filter(|panel| panel["type"] != "row") {
        panels += 1;
        let targets = panel["targets"].as_array().unwrap();
        for target in targets {
            let named = metrics(target["expr"].as_str().unwrap());
            assert!(!named.is_empty(), "{}", panel["title"]);
            shown.extend(named);
        }
    }
    assert!(panels > 20, "{panels}");
    assert_eq!(shown, promised().into_keys().collect(), "every metric has its panel");

    let expressions: Vec<&str> = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).collect();
    assert!(expressions.len() > 10);
    for expression in expressions {
        assert!(!metrics(expression).is_empty() || expression.starts_with("up{"), "{expression}");
    }
    assert_eq!(
        ALERTS.matches("- alert: ").count(),
        ALERTS.matches("severity: ").count() - 2,
        "every alert has a severity, and the first comment names the two"
    );
}

#[test]
fn the_operators_page_says_what_to_do_about_every_alert() {
    let alerts: BTreeSet<&str> = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let (_, table) =
        OPERATIONS.split_once("\n| alert | first thing to do |\n|---|---|\n").expect("the table of alerts");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.trim_start_matches('|').split_once('|')).map(|(names, _)| names);
    let told: BTreeSet<&str> = cells.flat_map(|names| names.split(',')).map(str::trim).collect();
    assert!(alerts.len() > 10, "{alerts:?}");
    assert_eq!(alerts, told);
}

async fn metrics_are_for_whoever_has_the_token(server: TestServer) {
    let caller = server.anonymous();
    caller.get("/metrics").await.expect(404);
    caller.with_token("").get("/metrics").await.expect(404);
    server.reconfigure(|config| config.metrics.token = TOKEN.to_owned().into()).await;
    caller.get("/metrics").await.expect(401);
    caller.with_token("a token of sixteeN").get("/metrics").await.expect(401);
    caller.with_token(TOKEN).get("/metrics").await.expect(200);
    let admin = server.organisation().await.admin;
    admin.get("/metrics").await.expect(401);
}

async fn the_message_path_is_counted(server: TestServer) {
    server.reconfigure(|config| config.metrics.token = TOKEN.to_owned().into()).await;
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let before = scrape(&server).await;
    let visitor = server.visit(&channel.key, None).await;
    let (mut console, _) = organisation.admin.socket().await;
    let mut socket = visitor.socket().await;
    let message = visitor.say("一").await;
    organisation.admin.say(message.conversation_id, "二").await;
    socket.event().await;
    socket.event().await;
    console.event().await;
    server.anonymous().login("nobody.known", "wrong password 1").await.expect(401);

    let after = scrape(&server).await;
    let grown = |series: &str| value(&after, series) - value(&before, series);
    assert_eq!(grown("parlor_message_ack_seconds_count{kind=\"visitor\"}"), 1.0);
    assert_eq!(grown("parlor_message_ack_seconds_count{kind=\"agent\"}"), 1.0);
    assert!(grown("parlor_write_queue_wait_seconds_count") >= 2.0);
    assert!(grown("parlor_write_commit_seconds_count") >= 2.0);
    assert!(grown("parlor_fan_out_seconds_count") >= 2.0);
    assert!(grown("parlor_events_total") >= 2.0);
    assert!(grown("parlor_socket_frames_sent_total") >= 5.0);
    assert_eq!(grown("parlor_login_failures_total{reason=\"wrong_credentials\"}"), 1.0);
    assert_eq!(value(&after, "parlor_sockets_open{kind=\"agent\"}"), 1.0);
    assert_eq!(value(&after, "parlor_sockets_open{kind=\"visitor\"}"), 1.0);
    assert_eq!(value(&after, "parlor_write_queue_jobs"), 0.0);
    assert!(value(&after, "process_resident_memory_bytes") > 1e6);
    assert!(value(&after, "process_open_fds") > 3.0);
    let login = "{method=\"POST\",route=\"/api/v1/auth/sessions\",status=\"401\"}";
    assert_eq!(value(&after, &format!("parlor_http_requests_total{login}")), 1.0);

    socket.close().await;
    console.close().await;
    let closed = "parlor_sockets_closed_total{code=\"client\"}";
    let counted = async {
        while !scrape(&server).await.contains(&format!("{closed} 2")) {
            tokio::task::yield_now().await;
        }
    };
    in_time("both sockets are counted as closed", counted).await;
    assert_eq!(value(&scrape(&server).await, "parlor_sockets_open{kind=\"agent\"}"), 0.0);

    // Most sockets end like this, without a word: it is no fault of what they said.
    drop(visitor.socket().await);
    while !scrape(&server).await.contains(&format!("{closed} 3")) {
        let text = scrape(&server).await;
        assert_eq!(value(&text, "parlor_sockets_closed_total{code=\"1009\"}"), 0.0);
        tokio::task::yield_now().await;
    }
}

async fn what_goes_on_in_the_background_is_counted(server: TestServer) {
    server.reconfigure(|config| config.metrics.token = TOKEN.to_owned().into()).await;
    let runs = |task: &str, outcome: &str| format!("parlor_task_runs_total{{task=\"{task}\",outcome=\"{outcome}\"}}");
    let last = "parlor_task_last_success_timestamp_seconds{task=\"unused_files\"}";
    let until = async |series: String, least: f64| {
        let counted = async {
            while value(&scrape(&server).await, &series) < least {
                tokio::task::yield_now().await;
            }
        };
        in_time(&series, counted).await;
        scrape(&server).await
    };
    until(runs("unused_files", "ok"), 1.0).await;
    let before = until(runs("search_index", "ok"), 1.0).await;
    assert!(value(&before, "parlor_disk_free_bytes{disk=\"data\"}") > 1e6);
    assert!(!before.contains("disk=\"uploads\""), "it is on the same one");
    // A disk that cannot be asked says nothing, and not what it said last.
    let (folder, away) = (server.data_dir().to_owned(), server.data_dir().with_extension("away"));
    std::fs::rename(&folder, &away).unwrap();
    assert!(!scrape(&server).await.contains("parlor_disk_free_bytes{"));
    std::fs::rename(&away, &folder).unwrap();
    assert!(value(&scrape(&server).await, "parlor_disk_free_bytes{disk=\"data\"}") > 1e6);

    // What is said is to be found, and until then it is behind.
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    server.visit(&channel.key, None).await.say("你好").await;
    until(runs("search_index", "ok"), value(&before, &runs("search_index", "ok")) + 1.0).await;
    let caught_up = async { while value(&scrape(&server).await, "parlor_search_events_behind") != 0.0 {} };
    in_time("the index has caught up", caught_up).await;

    // A task that fails is counted as one, and its last success stays where it was.
    let (uploads, away) = (server.data_dir().join("uploads"), server.data_dir().join("away"));
    let id = server.visit(&channel.key, None).await.say("在吗").await.conversation_id;
    crate::attachments::upload(&organisation.admin, id, "x.txt", b"x".to_vec()).await;
    std::fs::rename(&uploads, &away).unwrap();
    // A file in the folder's place: nothing can be removed there.
    std::fs::write(&uploads, "no folder").unwrap();
    let stood = value(&scrape(&server).await, last);
    server.clock.advance(25 * 60 * 60 * 1000);
    let failed = until(runs("unused_files", "failed"), 1.0).await;
    assert_eq!(value(&failed, last), stood);
    std::fs::remove_file(&uploads).unwrap();
    std::fs::rename(&away, &uploads).unwrap();
    server.clock.advance(SWEEP_SECONDS * 1000);
    until(last.to_owned(), stood + 1.0).await;
}
