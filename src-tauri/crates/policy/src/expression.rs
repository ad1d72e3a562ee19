//! CEL expressions: compiled and checked at load, decided in three values afterwards.

use std::fmt;
use std::sync::{Arc, LazyLock};

use cel::common::ast::{Expr, IdedExpr};
use cel::common::types::{CelInt, CelString, INT_TYPE, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{Context, Env, ExecutionError, Program};

use crate::catalogue::Scope;
use crate::facts::{Facts, Known, Record};
use crate::types::{self, Origin, Reference, SettingTypes, Type};

/// Longest expression that is compiled, in bytes.
pub const EXPRESSION_BYTES_MAX: usize = 4_096;

/// Most words and signs in one expression.
pub const EXPRESSION_TOKENS_MAX: usize = 240;
/// How deep an expression may go, as `a.b + 1` goes three deep. Evaluation takes 35 KiB of stack for
/// each step in a build for development.
pub const EXPRESSION_DEPTH_MAX: usize = 24;
/// Most brackets inside one another. The parser of crate `cel` takes 160 KiB of stack for each.
pub const EXPRESSION_BRACKETS_MAX: usize = 6;

/// A condition over facts.
pub(crate) struct Condition {
    program: Program,
    /// The facts it reads, in the order written.
    pub(crate) references: Vec<Reference>,
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.source())
    }
}

/// What is wrong with an expression: characters from its start, and why.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) offset: usize,
    pub(crate) reason: String,
}

/// What a condition came to.
#[derive(Debug)]
pub(crate) struct Decision {
    /// `None` when it depends on something that is not known.
    pub(crate) holds: Option<bool>,
    /// The facts it reads that are not known, whether or not they mattered.
    pub(crate) missing: Vec<String>,
}

impl Decision {
    /// Holds, and nothing it reads is unknown. What a person is told passes must be this certain.
    pub(crate) fn is_certain(&self, outcome: bool) -> bool {
        self.holds == Some(outcome) && self.missing.is_empty()
    }
}

impl Condition {
    /// Compiles a condition. `item` names the item that it looks at, if it is a `where`.
    pub(crate) fn compile(
        source: &str,
        settings: &SettingTypes,
        item: Option<&'static Scope>,
    ) -> Result<Self, Vec<Mistake>> {
        let whole = |reason: String| vec![Mistake { offset: 0, reason }];
        if source.len() > EXPRESSION_BYTES_MAX {
            return Err(whole(format!(
                "is longer than {EXPRESSION_BYTES_MAX} bytes"
            )));
        }
        if tokens(source) > EXPRESSION_TOKENS_MAX {
            return Err(whole(format!(
                "is made of more than {EXPRESSION_TOKENS_MAX} words and signs"
            )));
        }
        if brackets(source) > EXPRESSION_BRACKETS_MAX {
            return Err(whole(format!(
                "is nested in more than {EXPRESSION_BRACKETS_MAX} brackets"
            )));
        }
        let program = ENV
            .compile(source)
            .map_err(|errors| syntax(source, &errors))?;
        if depth(program.expression()) > EXPRESSION_DEPTH_MAX {
            return Err(whole(format!(
                "is more than {EXPRESSION_DEPTH_MAX} steps deep"
            )));
        }
        let checked = types::check(program.expression(), settings, item);
        let place = |node| program.source_info().offset_for(node);
        let at = |node| place(node).map_or(0, |(start, _)| start as usize);
        if !checked.mistakes.is_empty() {
            let mistakes = checked.mistakes.into_iter().map(|mistake| Mistake {
                offset: at(mistake.node),
                reason: mistake.reason,
            });
            return Err(mistakes.collect());
        }
        if checked.yields != Type::BOOL {
            let found = checked.yields.name();
            return Err(whole(format!(
                "yields {found}, where a rule must be true or false"
            )));
        }
        Ok(Self {
            program,
            references: checked.references,
        })
    }

    /// The expression as written.
    pub(crate) fn source(&self) -> &str {
        &self.program.source_info().source
    }

    /// Decides it in a case's context, or in one with an item on top of that.
    pub(crate) fn decide(
        &self,
        context: &Context<'_, '_>,
        facts: &Facts,
        item: Option<&Record>,
    ) -> Decision {
        // Every failure means that it cannot be told: what is not known is left out of the context,
        // and a known absence compared by size has no answer either. `false && unknown` is false and
        // `true || unknown` true already in CEL.
        let holds = match self.program.execute(context) {
            Ok(cel::Value::Bool(holds)) => Some(holds),
            _ => None,
        };
        let reads = reads(&self.references, facts, item);
        let missing = reads.into_iter().filter(|read| read.known.is_none());
        Decision {
            holds,
            missing: missing.map(|read| read.fact).collect(),
        }
    }
}

/// One fact that was read, and what is known of it.
pub(crate) struct Read<'f> {
    pub(crate) fact: String,
    pub(crate) known: Option<&'f Known>,
}

/// What is known of the facts referred to. Every item of a list counts by itself.
pub(crate) fn reads<'f>(
    references: &[Reference],
    facts: &'f Facts,
    item: Option<&'f Record>,
) -> Vec<Read<'f>> {
    let mut reads = Vec::new();
    for Reference {
        scope,
        field,
        origin,
    } in references
    {
        let list = scope.list.unwrap_or(scope.name);
        match (origin, field) {
            (Origin::Record, Some(field)) => reads.push(Read {
                fact: format!("{}.{}", scope.name, field.name),
                known: facts
                    .record(scope)
                    .and_then(|record| record.get(field.name)),
            }),
            (Origin::Item, Some(field)) => reads.push(Read {
                fact: format!("{}.{}", scope.name, field.name),
                known: item.and_then(|record| record.get(field.name)),
            }),
            (Origin::Items, Some(field)) => {
                let items = facts.items(scope).map_or(&[][..], |known| &known.items);
                for (position, record) in items.iter().enumerate() {
                    reads.push(Read {
                        fact: format!("{list}[{position}].{}", field.name),
                        known: record.get(field.name),
                    });
                }
            }
            // A list that is known is no evidence by itself; one that is not is missing as a whole.
            (_, None) if facts.items(scope).is_none() => reads.push(Read {
                fact: list.to_owned(),
                known: None,
            }),
            (_, None) => {}
        }
    }
    reads
}

/// The language with the functions of the reference, made once.
pub(crate) static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    let added = [
        env.add_overload("days", "days_int", vec![INT_TYPE], span::<86_400_000>),
        env.add_overload("hours", "hours_int", vec![INT_TYPE], span::<3_600_000>),
        env.add_overload("minutes", "minutes_int", vec![INT_TYPE], span::<60_000>),
        env.add_overload("money", "money_text", vec![STRING_TYPE], |args| {
            int(types::money(text(&args[0])).ok_or("no amount"))
        }),
        env.add_overload("time", "time_text", vec![STRING_TYPE], |args| {
            int(types::time(text(&args[0])).ok_or("no instant"))
        }),
    ];
    debug_assert!(added.iter().all(Result::is_ok), "names are unique");
    Arc::new(env)
});

fn span<'a, 'v, const MILLIS: i64>(
    args: Vec<CowVal<'a, 'v>>,
) -> Result<CowVal<'a, 'v>, ExecutionError> {
    let count = args[0].downcast_ref::<CelInt>().map(|count| *count.inner());
    let span = count.and_then(|count| count.checked_mul(MILLIS));
    int(span.ok_or("too long"))
}

fn int<'a, 'v>(value: Result<i64, &str>) -> Result<CowVal<'a, 'v>, ExecutionError> {
    match value {
        Ok(value) => Ok(CowVal::owned(CelInt::from(value))),
        Err(reason) => Err(ExecutionError::InternalError(reason.to_owned())),
    }
}

fn text<'a>(value: &'a CowVal<'_, '_>) -> &'a str {
    value
        .downcast_ref::<CelString>()
        .map_or("", |text| text.inner())
}

/// Words and signs, counted generously: what stands in quotes counts as well.
fn tokens(source: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words = source
        .split(|c| !is_word(c))
        .filter(|word| !word.is_empty());
    let signs = source
        .chars()
        .filter(|c| !is_word(*c) && !c.is_whitespace());
    words.count() + signs.count()
}

/// How many brackets stand inside one another, those in quotes included.
fn brackets(source: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for c in source.chars() {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

fn depth(node: &IdedExpr) -> usize {
    let parts: Vec<&IdedExpr> = match &node.expr {
        Expr::Select(select) => vec![&select.operand],
        Expr::Call(call) => call
            .target
            .iter()
            .map(AsRef::as_ref)
            .chain(&call.args)
            .collect(),
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Comprehension(it) => vec![&it.iter_range, &it.loop_cond, &it.loop_step, &it.result],
        // The rest has no parts, or is refused by the checker.
        _ => Vec::new(),
    };
    1 + parts.into_iter().map(depth).max().unwrap_or(0)
}

fn syntax(source: &str, errors: &cel::ParseErrors) -> Vec<Mistake> {
    let mistakes = errors.errors.iter().map(|error| {
        let (line, column) = error.pos;
        let before = usize::try_from(line - 1).unwrap_or(0);
        let lines: usize = source
            .split_inclusive('\n')
            .take(before)
            .map(|line| line.chars().count())
            .sum();
        Mistake {
            offset: lines + usize::try_from(column - 1).unwrap_or(0),
            // The parser lists every token there is; what it stumbled over says enough.
            reason: format!(
                "is no CEL: {}",
                error.msg.split(" expecting {").next().unwrap_or_default()
            ),
        }
    });
    mistakes.collect()
}
