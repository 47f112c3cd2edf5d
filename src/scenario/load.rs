//! YAML tree → [`Scenario`], with every mistake of the file.

use super::{
    Feature, Flaw, Partner, Scenario, ScenarioFile, Step, Until, Verb, expression, files,
    grammar::{FRAGMENT, MODIFIERS, SCENARIO, USE, arguments},
    network,
    read::{assignments, captures, demands, headers, places, read_flaw, slug, spelled_out, table, texts, time, wish},
};
use crate::{
    contract::{CredentialForm, Endpoint, Expectation},
    diagnostic::{Diagnostic, Diagnostics, Source, position, suggest},
    json::Json,
    yaml::{
        self, Node, Value,
        shape::{Checker, Field, Shape},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// What a loader must know beside the file.
pub struct Library<'a> {
    /// Is this a rule? If not, the help line.
    pub rule: &'a dyn Fn(&str) -> Result<(), String>,
}

impl std::fmt::Debug for Library<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Library")
    }
}

/// Scenarios that are complete, and what was wrong with the files that gave none (or gave warnings).
#[derive(Debug, Default)]
pub struct Loaded {
    pub scenarios: Vec<Scenario>,
    pub diagnostics: Diagnostics,
}

/// Variables that every scenario has.
pub(super) const GLOBALS: &[&str] = &[
    "seats",
    "seats_limit",
    "customer",
    "product",
    "run",
    "numeric_attribute",
    "numeric_value",
    "boolean_attribute",
    "switching_addon",
    "option_addon",
    "option_addon_attribute",
    "amount_addon",
    "amount_addon_attribute",
    "order_attribute",
    "order_value",
    "shortest_cycle",
    "longest_cycle",
    "other_type",
    "other_type_product",
    "upgrade_product",
    "addon_product",
    "required_sync_option",
    "setting_ids",
];

/// Fragments inside fragments inside … end here.
const MAX_FRAGMENT_DEPTH: usize = 8;

/// Fragments that use others several times multiply with every level.
const MAX_FRAGMENTS: usize = 1_000;

/// Each row is a scenario of its own.
const MAX_ROWS: usize = 1_000;

/// Reads scenario files.
pub fn load(files: &[ScenarioFile], library: &Library<'_>) -> Loaded {
    let mut loaded = Loaded::default();
    for file in files {
        let mut loader = Loader { library, file, diagnostics: Vec::new(), fragments: 0 };
        let scenarios = loader.scenarios();
        let failed = loader.diagnostics.iter().any(|d| d.severity == crate::diagnostic::Severity::Error);
        loaded.diagnostics.0.append(&mut loader.diagnostics);
        if !failed {
            loaded.scenarios.extend(scenarios);
        }
    }
    loaded
}

struct Loader<'a> {
    library: &'a Library<'a>,
    file: &'a ScenarioFile,
    diagnostics: Vec<Diagnostic>,
    /// How many have been read for this file.
    fragments: usize,
}

/// A step of the file or of a fragment, with the file it stands in.
struct Origin<'a> {
    source: &'a Arc<Source>,
    folder: Option<PathBuf>,
    /// Path below `scenarios/` of a built-in file.
    embedded: String,
    depth: usize,
}

impl Loader<'_> {
    fn scenarios(&mut self) -> Vec<Scenario> {
        let source = self.file.source.clone();
        let Some(root) = self.parse(&source) else { return Vec::new() };
        let mut checker = Checker::new(source.clone());
        checker.check(&root, &Shape::Record(&SCENARIO), "the scenario");

        let needs: Vec<_> = texts(root.get("needs")).iter().filter_map(|name| Feature::parse(name)).collect();
        let variables = table(root.get("vars"));
        let rows = self.rows(&root, &mut checker);
        let mut names: BTreeSet<String> = GLOBALS.iter().map(|name| (*name).to_owned()).collect();
        names.extend(variables.iter().map(|(name, _)| name.clone()));
        names.extend(rows.iter().flat_map(|(_, row)| row.iter().map(|(name, _)| name.clone())));

        let origin = Origin {
            source: &source,
            folder: self.file.folder.clone(),
            embedded: source.path.trim_start_matches("scenarios/").to_owned(),
            depth: 0,
        };
        let mut steps = Vec::new();
        if let Some(list) = root.get("steps") {
            if matches!(&list.value, Value::List(items) if items.is_empty()) {
                checker.error(&list.span, "a scenario needs at least one step", "nothing is done here");
            }
            self.steps(list.items(), &origin, &mut names, &mut checker, &mut steps);
        }
        self.number(&mut steps, &mut checker);
        self.controls(&mut steps, &mut checker);
        self.diagnostics.extend(checker.finish());

        let product = wish(root.get("product"));
        let title = root.get("title").and_then(Node::text).unwrap_or_default();
        let scenario = Scenario {
            key: self.file.key.clone(),
            title: title.to_owned(),
            source,
            built_in: self.file.folder.is_none(),
            tags: texts(root.get("tags")),
            needs,
            product,
            variables,
            steps: steps.into_iter().map(|(step, _)| step).collect(),
        };
        if rows.is_empty() {
            return vec![scenario];
        }
        let row_of = |(name, row): (String, Vec<(String, Json)>)| {
            let mut one = scenario.clone();
            one.key = format!("{}.{name}", one.key);
            one.title = format!("{} ({name})", one.title);
            one.variables.retain(|(known, _)| !row.iter().any(|(given, _)| given == known));
            one.variables.extend(row);
            one
        };
        rows.into_iter().map(row_of).collect()
    }

    fn parse(&mut self, source: &Arc<Source>) -> Option<Node> {
        yaml::parse(source).map_err(|error| self.diagnostics.push(*error)).ok()
    }

    /// Rows of the matrix with their names, which must differ: they name snapshots.
    fn rows(&self, root: &Node, checker: &mut Checker) -> Vec<(String, Vec<(String, Json)>)> {
        let mut rows: Vec<(String, Vec<(String, Json)>)> = Vec::new();
        let nodes = root.get("matrix").map(Node::items).unwrap_or_default();
        if let Some(node) = nodes.get(MAX_ROWS) {
            let label = format!("this is one of {} rows too many", nodes.len() - MAX_ROWS);
            checker
                .error(&node.span, format!("a matrix has at most {MAX_ROWS} rows"), label)
                .help("each row is a scenario of its own: divide them among several files");
        }
        for node in nodes.iter().take(MAX_ROWS) {
            let row = table(Some(node));
            let values = row.iter().map(|(_, value)| value.as_str().map_or_else(|| value.to_compact(), str::to_owned));
            let given = row.iter().find(|(key, _)| key == "row").and_then(|(_, value)| value.as_str());
            let name = given.map_or_else(|| slug(&values.collect::<Vec<_>>().join("-")), slug);
            if name.is_empty() || rows.iter().any(|(other, _)| *other == name) {
                checker
                    .error(
                        &node.span,
                        "this row of the matrix has no name of its own",
                        "snapshots are named by the row",
                    )
                    .help("give each row a different text under the key `row`");
            }
            rows.push((name, row));
        }
        rows
    }

    fn steps(
        &mut self,
        nodes: &[Node],
        origin: &Origin<'_>,
        names: &mut BTreeSet<String>,
        checker: &mut Checker,
        steps: &mut Vec<(Step, std::ops::Range<usize>)>,
    ) {
        for node in nodes {
            if node.get("use").is_some() {
                self.fragment(node, origin, names, checker, steps);
            } else if let Some(step) = self.step(node, origin, names, checker) {
                steps.push((step, node.span.clone()));
            }
        }
    }

    fn fragment(
        &mut self,
        node: &Node,
        origin: &Origin<'_>,
        names: &mut BTreeSet<String>,
        checker: &mut Checker,
        steps: &mut Vec<(Step, std::ops::Range<usize>)>,
    ) {
        checker.check(node, &Shape::Record(&USE), "use");
        let Some(path) = node.get("use").and_then(Node::text) else { return };
        let span = node.get("use").map_or(node.span.clone(), |n| n.span.clone());
        if origin.depth >= MAX_FRAGMENT_DEPTH {
            checker.error(&span, "fragments are nested too deeply", "this one is used by itself, perhaps");
            return;
        }
        self.fragments += 1;
        if self.fragments > MAX_FRAGMENTS {
            // Once is enough: whoever uses too many uses many more.
            if self.fragments == MAX_FRAGMENTS + 1 {
                let label = format!("more than {MAX_FRAGMENTS} in this scenario");
                checker
                    .error(&span, "too many fragments", label)
                    .help("a fragment that uses others several times multiplies them");
            }
            return;
        }
        let (source, folder, embedded) = match read_fragment(path, origin) {
            Ok(found) => found,
            Err(reason) => {
                checker.error(&span, format!("the fragment `{path}` cannot be read"), reason);
                return;
            }
        };
        let source = Arc::new(source);
        let Some(root) = self.parse(&source) else { return };
        let mut inner = Checker::new(source.clone());
        inner.check(&root, &Shape::Record(&FRAGMENT), "the fragment");
        let mut given = table(root.get("vars"));
        for (name, value) in table(node.get("with")) {
            match given.iter_mut().find(|(known, _)| *known == name) {
                Some((_, place)) => *place = value,
                None => {
                    let known = given.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
                    checker
                        .error(&node.span, format!("the fragment has no variable `{name}`"), "unknown variable")
                        .help(suggest(&name, known.iter().copied()));
                }
            }
        }
        let mut inside: BTreeSet<String> = names.clone();
        inside.extend(given.iter().map(|(name, _)| name.clone()));
        let place = Origin { source: &source, folder, embedded, depth: origin.depth + 1 };
        let mut own = Vec::new();
        self.steps(root.get("steps").map(Node::items).unwrap_or_default(), &place, &mut inside, &mut inner, &mut own);
        self.diagnostics.extend(inner.finish());
        for (mut step, _) in own {
            names.extend(step.capture.iter().map(|(name, _)| name.clone()));
            // Its variables belong to its steps alone, so that two uses can differ.
            step.scope.splice(0..0, given.iter().cloned());
            steps.push((step, node.span.clone()));
        }
    }

    fn step(
        &mut self,
        node: &Node,
        origin: &Origin<'_>,
        names: &mut BTreeSet<String>,
        checker: &mut Checker,
    ) -> Option<Step> {
        let Value::Map(entries) = &node.value else {
            let label = format!("found {}", node.kind());
            checker.error(&node.span, "a step is a mapping: a verb and what goes with it", label).help(verbs());
            return None;
        };
        let verbs_here: Vec<_> = entries.iter().filter_map(|(k, v)| Some((Verb::parse(&k.text)?, k, v))).collect();
        for (index, (key, value)) in entries.iter().enumerate() {
            if entries[..index].iter().any(|(earlier, _)| earlier.text == key.text) {
                checker.error(&key.span, format!("duplicate key `{}`", key.text), "the same key stands above");
            }
            match MODIFIERS.iter().find(|modifier| modifier.name == key.text) {
                Some(Field { name, shape, .. }) => checker.check(value, shape, name),
                None if Verb::parse(&key.text).is_some() => {}
                None => {
                    let modifiers = if verbs_here.is_empty() { &[] } else { MODIFIERS };
                    let words = Verb::NAMES.iter().copied().filter(|_| verbs_here.is_empty());
                    let words = words.chain(modifiers.iter().map(|m| m.name));
                    let label = match verbs_here.is_empty() {
                        true => "not a verb",
                        false => "not a modifier of a step",
                    };
                    checker
                        .error(&key.span, format!("unknown key `{}`", key.text), label)
                        .help(suggest(&key.text, words));
                }
            }
        }
        let [(verb, key, arguments_node)] = verbs_here[..] else {
            let message = if verbs_here.is_empty() { "this step has no verb" } else { "this step has two verbs" };
            if !verbs_here.is_empty() || entries.iter().all(|(k, _)| MODIFIERS.iter().any(|m| m.name == k.text)) {
                checker.error(&node.span, message, "a step does one thing").help(verbs());
            }
            return None;
        };
        checker.check(arguments_node, &arguments(verb), verb.as_str());
        self.expressions(node, names, checker);
        let step = self.typed(node, verb, arguments_node, origin, checker);
        self.lint(&step, node, key.span.clone(), checker);
        names.extend(step.capture.iter().map(|(name, _)| name.clone()));
        Some(step)
    }

    /// Every expression is well formed and uses only names that exist by then.
    fn expressions(&self, node: &Node, names: &BTreeSet<String>, checker: &mut Checker) {
        let mut check = |text: &str, span: &std::ops::Range<usize>| {
            if !text.contains("${") {
                return;
            }
            match expression::names(text) {
                Err(error) => {
                    checker.error(span, format!("`${{{}}}` is not an expression", error.expression), error.reason);
                }
                Ok(used) => {
                    for name in used.iter().filter(|name| !names.contains(*name)) {
                        checker
                            .error(
                                span,
                                format!("`{name}` is not defined here"),
                                "no variable, capture or global of this name",
                            )
                            .help(suggest(name, names.iter().map(String::as_str)));
                    }
                }
            }
        };
        fn visit(node: &Node, check: &mut impl FnMut(&str, &std::ops::Range<usize>)) {
            if let Some(text) = node.text() {
                check(text, &node.span);
            }
            for item in node.items() {
                visit(item, check);
            }
            for (key, value) in node.entries() {
                check(&key.text, &key.span);
                visit(value, check);
            }
        }
        visit(node, &mut check);
    }

    fn typed(&self, node: &Node, verb: Verb, args: &Node, origin: &Origin<'_>, checker: &mut Checker) -> Step {
        let text = |name: &str| node.get(name).and_then(Node::text);
        let expect = match node.get("expect") {
            None => Expectation::Accepted,
            Some(expect) => match expect.text() {
                Some(name) => Expectation::named(name).unwrap_or(Expectation::Accepted),
                None => Expectation::Answer(demands(Some(expect), checker)),
            },
        };
        let until = node.get("until").map(|until| Until {
            answer: demands(until.get("answer"), checker),
            every: time(until.get("every"), Duration::from_secs(1)),
            at_most: time(until.get("at_most"), Duration::from_secs(30)),
        });
        let (line, _) = position(&origin.source.text, node.span.start);
        Step {
            id: text("id").unwrap_or_default().to_owned(),
            verb,
            args: spelled_out(verb, args),
            by: text("by").unwrap_or("bss").to_owned(),
            prechecks: node.get("prechecks").and_then(Node::whole).and_then(|n| u32::try_from(n).ok()),
            send: node.get("send").map(Node::to_json),
            set: assignments(node.get("set"), checker),
            unset: places(node.get("unset"), checker),
            headers: headers(node.get("headers")),
            credentials: text("credentials").and_then(CredentialForm::parse).unwrap_or(CredentialForm::Normal),
            partner: text("partner").and_then(Partner::parse).unwrap_or_default(),
            flaws: self.changes(node.get("flaws"), checker),
            suspects: self.changes(node.get("suspects"), checker),
            expect,
            proves: self.rules(node.get("proves"), checker),
            control: text("control").map(str::to_owned),
            capture: captures(node.get("capture"), checker),
            vendor: demands(node.get("vendor"), checker),
            snapshot: node.get("snapshot").and_then(Node::boolean).unwrap_or(true),
            until,
            network: node.get("network").and_then(network::read),
            scope: Vec::new(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
        }
    }

    fn changes(&self, node: Option<&Node>, checker: &mut Checker) -> Vec<Flaw> {
        let list = node.map(Node::items).unwrap_or_default();
        let read = |(index, one): (usize, &Node)| {
            let proves = self.rules(one.get("proves"), checker);
            read_flaw(one, index, proves, checker)
        };
        list.iter().enumerate().map(read).collect()
    }

    fn rules(&self, node: Option<&Node>, checker: &mut Checker) -> Vec<String> {
        let mut rules = Vec::new();
        for item in node.map(Node::items).unwrap_or_default() {
            let Some(text) = item.text() else { continue };
            match (self.library.rule)(text) {
                Ok(()) => rules.push(text.to_owned()),
                Err(help) => {
                    checker.error(&item.span, format!("`{text}` is not a rule"), "unknown rule").help(help);
                }
            }
        }
        rules
    }

    /// Mistakes that are visible in one step alone.
    fn lint(&self, step: &Step, node: &Node, verb: std::ops::Range<usize>, checker: &mut Checker) {
        let place = |name: &str| node.get(name).map_or(verb.clone(), |n| n.span.clone());
        if step.until.is_some() && !matches!(step.verb, Verb::Call | Verb::ReadCatalog | Verb::Configure) {
            checker
                .error(
                    &place("until"),
                    format!("`until` cannot repeat `{}`", step.verb.as_str()),
                    "it would be done again",
                )
                .help("only steps that read can be repeated: `call`, `read_catalog`, `configure`");
        }
        for (name, list) in [("flaws", &step.flaws), ("suspects", &step.suspects)] {
            let same = |(index, one): &(usize, &Flaw)| list[..*index].iter().any(|other| other.name == one.name);
            if let Some((_, one)) = list.iter().enumerate().find(same) {
                checker
                    .error(
                        &place(name),
                        format!("two {name} are called `{}`", one.name),
                        "findings could not tell them apart",
                    )
                    .help("give one of them a `name`");
            }
        }
        if !step.suspects.is_empty() && (step.verb == Verb::Call || step.expect != Expectation::Accepted) {
            checker
                .error(&place("suspects"), "only a business action that is to be accepted has suspects", "not here")
                .help("leave out `expect`; for a refusal that is wanted, use `flaws`");
        }
        if !step.flaws.is_empty() && matches!(step.expect, Expectation::Accepted | Expectation::Waiting) {
            checker
                .error(&place("flaws"), "flaws need an expectation of their own", "a flaw is not accepted")
                .help("say `expect: refused`, `denied` or `harmless`; the control is expected to be accepted anyway");
        }
        if step.credentials != CredentialForm::Normal
            && !step.credentials.is_legal()
            && matches!(step.expect, Expectation::Accepted)
        {
            checker
                .error(&place("credentials"), "wrong credentials are not accepted", "expected to be denied")
                .help("add `expect: denied`");
        }
        network::lint(node, step, checker);
        if step.verb == Verb::Call {
            let (endpoint, path) = (step.args.member("endpoint"), step.args.member("path"));
            match (endpoint.and_then(Json::as_str), path) {
                (Some(name), None) if !name.contains("${") && Endpoint::by_name(name).is_none() => {
                    let span = node.get("call").and_then(|c| c.get("endpoint")).map_or(verb, |n| n.span.clone());
                    checker
                        .error(&span, format!("`{name}` is not an endpoint"), "unknown endpoint")
                        .help(suggest(name, Endpoint::ALL.iter().map(|e| e.name())));
                }
                (Some(_), None) | (None, Some(_)) => {}
                _ => {
                    checker.error(&verb, "`call` needs either `endpoint` or `path`", "which one is called?");
                }
            }
        }
    }

    /// Gives each step a name of its own.
    fn number(&self, steps: &mut [(Step, std::ops::Range<usize>)], checker: &mut Checker) {
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for (step, span) in steps {
            if step.id.is_empty() {
                let verb = step.verb.as_str();
                let count = seen.entry(verb).or_default();
                let mut next = || {
                    *count += 1;
                    if *count == 1 { verb.to_owned() } else { format!("{verb}-{count}") }
                };
                // A step above may have been given just this name by hand.
                step.id = next();
                while taken.contains(&step.id) {
                    step.id = next();
                }
            } else if taken.contains(&step.id) {
                checker
                    .error(span, format!("two steps are called `{}`", step.id), "the second one")
                    .help("ids name snapshots, so each step needs its own");
            }
            taken.insert(step.id.clone());
        }
    }

    /// A refusal proves something only beside the same thing accepted.
    fn controls(&self, steps: &mut [(Step, std::ops::Range<usize>)], checker: &mut Checker) {
        let known: BTreeSet<String> = steps.iter().map(|(step, _)| step.id.clone()).collect();
        for index in 0..steps.len() {
            let (step, span) = &steps[index];
            if let Some(control) = &step.control {
                if !known.contains(control) {
                    let ids: Vec<_> = steps.iter().map(|(other, _)| other.id.as_str()).collect();
                    let help = suggest(control, ids.iter().copied());
                    checker.error(span, format!("there is no step `{control}`"), "its control").help(help);
                }
                continue;
            }
            if step.expect != Expectation::Refused || !step.flaws.is_empty() {
                continue;
            }
            let same = |(other, _): &&(Step, _)| other.verb == step.verb && other.expect == Expectation::Accepted;
            let before = steps[..index].iter().rfind(same).map(|(other, _)| other.id.clone());
            let after = || steps[index..].iter().find(same).map(|(other, _)| other.id.clone());
            match before.or_else(after) {
                Some(control) => steps[index].0.control = Some(control),
                None => {
                    checker
                        .error(span, "a refusal needs a control", "nothing shows that this verb is accepted otherwise")
                        .help("add a step that is accepted, name it by `control:`, or use `flaws:`");
                }
            }
        }
    }
}

fn verbs() -> String {
    format!("the verbs are {}", Verb::NAMES.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", "))
}

type Fragment = (Source, Option<PathBuf>, String);

fn read_fragment(path: &str, origin: &Origin<'_>) -> Result<Fragment, String> {
    match &origin.folder {
        Some(folder) => {
            let file = folder.join(path);
            let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let shown = file.to_string_lossy().replace('\\', "/");
            Ok((Source { path: shown, text }, file.parent().map(Path::to_owned), String::new()))
        }
        None => {
            let base = Path::new(&origin.embedded).parent().unwrap_or(Path::new(""));
            let mut joined: Vec<String> = base.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            for part in path.split('/') {
                match part {
                    ".." => drop(joined.pop()),
                    "." | "" => {}
                    other => joined.push(other.to_owned()),
                }
            }
            let joined = joined.join("/");
            let text = files::embedded_text(&joined).ok_or_else(|| format!("scenarios/{joined} does not exist"))?;
            Ok((Source { path: format!("scenarios/{joined}"), text: text.to_owned() }, None, joined))
        }
    }
}
