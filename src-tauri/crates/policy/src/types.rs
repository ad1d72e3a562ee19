//! Types of CEL expressions over the catalogue, worked out before anything is evaluated.
//!
//! The crate `cel` finds out at run time, and only on the branch it takes, that a name is unknown or
//! that a number is compared with a text. A vendor's slip must show when the file is loaded instead.
//! On the way the checker notes which facts an expression reads: they are its evidence, and none of
//! them may be unknown when it passes.

use std::collections::BTreeMap;

use cel::common::ast::operators as op;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, SelectExpr};

use crate::catalogue::{self, Field, Kind, NOW, SCOPES, Scope};

/// What an expression yields.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Null,
    Int,
    /// A length of time, in milliseconds to CEL.
    Span,
    Of(Kind),
    List(Box<Type>),
    Record(&'static Scope, Origin),
    /// The policy's settings.
    Settings,
    /// What an empty list holds, and what follows an error that was reported already.
    Any,
}

/// Where a record comes from: there is one, it is any item of a list, or the item `where` looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Record,
    Items,
    Item,
}

/// A fact that an expression reads. Without a field it is a list as such, as in `size(workspaces)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) scope: &'static Scope,
    pub(crate) field: Option<&'static Field>,
    pub(crate) origin: Origin,
}

/// What is wrong with an expression, and at which of its nodes.
#[derive(Debug, PartialEq)]
pub(crate) struct Mistake {
    pub(crate) node: u64,
    pub(crate) reason: String,
}

/// The types of a policy's settings.
pub(crate) type SettingTypes = BTreeMap<String, Type>;

/// What an expression was found to be.
pub(crate) struct Checked {
    pub(crate) yields: Type,
    pub(crate) references: Vec<Reference>,
    pub(crate) mistakes: Vec<Mistake>,
}

/// Works out what `expression` yields, where `item` names the item that a `where` looks at.
pub(crate) fn check(
    expression: &IdedExpr,
    settings: &SettingTypes,
    item: Option<&'static Scope>,
) -> Checked {
    let mut checker = Checker {
        settings,
        item,
        locals: Vec::new(),
        references: Vec::new(),
        mistakes: Vec::new(),
    };
    let yields = checker.of(expression);
    Checked {
        yields,
        references: checker.references,
        mistakes: checker.mistakes,
    }
}

impl Type {
    pub(crate) const BOOL: Self = Self::Of(Kind::Bool);
    const TEXT: Self = Self::Of(Kind::Text);
    const TIME: Self = Self::Of(Kind::Time);
    const MONEY: Self = Self::Of(Kind::Money);

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Span => "duration".to_owned(),
            Self::Of(kind) => kind.name().to_owned(),
            Self::List(inner) => format!("list of {}", inner.name()),
            Self::Record(scope, _) => format!("record {}", scope.name),
            Self::Settings => "record settings".to_owned(),
            Self::Any => "anything".to_owned(),
        }
    }

    /// The type of a fact, where two spellings of one type are one.
    fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Int => Self::Int,
            Kind::Texts => Self::List(Box::new(Self::TEXT)),
            kind => Self::Of(kind),
        }
    }

    fn is_text(&self) -> bool {
        matches!(self, Self::Of(Kind::Text | Kind::Word(_)))
    }

    /// Whether values of both may be put in the same place.
    fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(a), Self::List(b)) => a.fits(b),
            (a, b) if a.is_text() && b.is_text() => true,
            (a, b) => a == b,
        }
    }
}

struct Checker<'s> {
    settings: &'s SettingTypes,
    item: Option<&'static Scope>,
    locals: Vec<(String, Type)>,
    references: Vec<Reference>,
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    fn of(&mut self, node: &IdedExpr) -> Type {
        match &node.expr {
            Expr::Literal(literal) => self.of_literal(node.id, literal),
            Expr::Ident(name) => self.of_name(node.id, name),
            Expr::Select(select) => self.of_select(node.id, select),
            Expr::Call(call) => self.of_call(node.id, call),
            Expr::Comprehension(comprehension) => self.of_comprehension(comprehension),
            Expr::List(list) => {
                let mut inner = Type::Any;
                for element in &list.elements {
                    let found = self.of(element);
                    if !inner.fits(&found) {
                        let (first, other) = (inner.name(), found.name());
                        self.mistake(element.id, format!("a list of {first} holds no {other}"));
                    }
                    inner = found;
                }
                Type::List(Box::new(inner))
            }
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                self.mistake(node.id, "maps and messages cannot be written in a rule")
            }
        }
    }

    fn of_literal(&mut self, node: u64, literal: &LiteralValue) -> Type {
        match literal {
            LiteralValue::Boolean(_) => Type::BOOL,
            LiteralValue::Int(_) | LiteralValue::UInt(_) => Type::Int,
            LiteralValue::String(_) => Type::TEXT,
            LiteralValue::Null => Type::Null,
            LiteralValue::Double(_) => self.mistake(
                node,
                "there are no decimals; an amount is written money('12.50')",
            ),
            LiteralValue::Bytes(_) => self.mistake(node, "no fact is made of bytes"),
        }
    }

    fn of_name(&mut self, node: u64, name: &str) -> Type {
        let mut locals = self.locals.iter().rev();
        if let Some((_, found)) = locals.find(|(local, _)| local == name) {
            return found.clone();
        }
        if let Some(scope) = self.item.filter(|scope| scope.name == name) {
            return Type::Record(scope, Origin::Item);
        }
        if let Some(scope) = catalogue::record(name) {
            return Type::Record(scope, Origin::Record);
        }
        if let Some(scope) = catalogue::list(name) {
            self.reads(scope, None, Origin::Items);
            return Type::List(Box::new(Type::Record(scope, Origin::Items)));
        }
        match name {
            NOW => Type::TIME,
            "settings" => Type::Settings,
            _ => self.unknown_name(node, name),
        }
    }

    fn unknown_name(&mut self, node: u64, name: &str) -> Type {
        if let Some(list) = catalogue::item(name).and_then(|scope| scope.list) {
            let reason = format!(
                "“{name}” is known only where one of {list} is looked at; here there is “{list}”"
            );
            return self.mistake(node, reason);
        }
        let locals = self.locals.iter().map(|(name, _)| name.clone());
        let scopes = SCOPES
            .iter()
            .map(|scope| scope.list.unwrap_or(scope.name).to_owned());
        let others = [NOW, "settings"].map(str::to_owned);
        let meant = catalogue::nearest(name, locals.chain(scopes).chain(others));
        self.unknown(node, "variable", name, meant)
    }

    fn of_select(&mut self, node: u64, select: &SelectExpr) -> Type {
        let operand = self.of(&select.operand);
        if select.test {
            return self.mistake(
                node,
                "has() would take what is not known for absent; compare with null instead",
            );
        }
        match operand {
            Type::Any => Type::Any,
            Type::Settings => {
                if let Some(found) = self.settings.get(&select.field) {
                    return found.clone();
                }
                let meant = catalogue::nearest(&select.field, self.settings.keys().cloned());
                self.unknown(node, "setting", &select.field, meant)
            }
            Type::Record(scope, origin) => {
                if let Some(field) = scope.field(&select.field) {
                    self.reads(scope, Some(field), origin);
                    return Type::of_kind(field.kind);
                }
                let path = format!("{}.{}", scope.name, select.field);
                let fields = scope.fields.iter();
                let paths = fields.map(|field| format!("{}.{}", scope.name, field.name));
                let meant = catalogue::nearest(&path, paths);
                self.unknown(node, "variable", &path, meant)
            }
            other => {
                let reason = format!("a {} has no “{}”", other.name(), select.field);
                self.mistake(node, reason)
            }
        }
    }

    fn of_comprehension(&mut self, comprehension: &ComprehensionExpr) -> Type {
        let range = self.of(&comprehension.iter_range);
        let inner = match range {
            Type::List(inner) => *inner,
            Type::Any => Type::Any,
            other => {
                let reason = format!("{} is not a list", other.name());
                self.mistake(comprehension.iter_range.id, reason)
            }
        };
        let begins = self.of(&comprehension.accu_init);
        let outside = self.locals.len();
        self.locals.push((comprehension.accu_var.clone(), begins));
        self.locals.push((comprehension.iter_var.clone(), inner));
        self.of(&comprehension.loop_cond);
        let step = self.of(&comprehension.loop_step);
        // What was gathered so far is of the type that every step makes of it.
        self.locals.truncate(outside);
        self.locals.push((comprehension.accu_var.clone(), step));
        let result = self.of(&comprehension.result);
        self.locals.truncate(outside);
        result
    }

    fn of_call(&mut self, node: u64, call: &CallExpr) -> Type {
        let target = call.target.iter().map(|target| target.as_ref());
        let nodes: Vec<&IdedExpr> = target.chain(&call.args).collect();
        let types: Vec<Type> = nodes.iter().map(|argument| self.of(argument)).collect();
        if let [left, right] = nodes[..] {
            self.check_words(call, (left, &types[0]), (right, &types[1]));
        }
        self.check_written(call);
        if types.contains(&Type::Any) && types.iter().any(|found| !matches!(found, Type::List(_))) {
            // Either part is a mistake that was told, or the type of an empty list.
            return yields(&call.func_name, &types).unwrap_or(Type::Any);
        }
        yields(&call.func_name, &types).unwrap_or_else(|| {
            let reason = mismatch(&call.func_name, &types);
            self.mistake(node, reason)
        })
    }

    /// A fact that is one of a few words is never equal to another word.
    fn check_words(
        &mut self,
        call: &CallExpr,
        left: (&IdedExpr, &Type),
        right: (&IdedExpr, &Type),
    ) {
        if !matches!(
            call.func_name.as_str(),
            op::EQUALS | op::NOT_EQUALS | op::IN
        ) {
            return;
        }
        for ((_, of), (node, _)) in [(left, right), (right, left)] {
            let Type::Of(Kind::Word(words)) = of else {
                continue;
            };
            let written = match &node.expr {
                Expr::List(list) => list.elements.as_slice(),
                _ => std::slice::from_ref(node),
            };
            for element in written {
                let Expr::Literal(LiteralValue::String(word)) = &element.expr else {
                    continue;
                };
                if !words.contains(&word.inner()) {
                    let reason = format!("“{}” is none of {}", word.inner(), words.join(", "));
                    self.mistake(element.id, reason);
                }
            }
        }
    }

    /// Amounts and instants are written as text, which must be one.
    fn check_written(&mut self, call: &CallExpr) {
        let [argument] = &call.args[..] else {
            return;
        };
        let Expr::Literal(LiteralValue::String(written)) = &argument.expr else {
            return;
        };
        let (fits, wanted) = match call.func_name.as_str() {
            "money" => (money(written.inner()).is_some(), "an amount such as 12.50"),
            "time" => (
                time(written.inner()).is_some(),
                "an instant such as 2026-12-31T00:00:00Z",
            ),
            _ => return,
        };
        if !fits {
            self.mistake(
                argument.id,
                format!("“{}” is not {wanted}", written.inner()),
            );
        }
    }

    fn reads(&mut self, scope: &'static Scope, field: Option<&'static Field>, origin: Origin) {
        let reference = Reference {
            scope,
            field,
            origin,
        };
        if !self.references.contains(&reference) {
            self.references.push(reference);
        }
    }

    fn unknown(&mut self, node: u64, what: &str, name: &str, meant: Option<String>) -> Type {
        let meant = meant.map(|meant| format!("; did you mean “{meant}”?"));
        let meant = meant.unwrap_or_default();
        self.mistake(node, format!("there is no {what} “{name}”{meant}"))
    }

    fn mistake(&mut self, node: u64, reason: impl Into<String>) -> Type {
        let reason = reason.into();
        self.mistakes.push(Mistake { node, reason });
        Type::Any
    }
}

/// What a function or operator yields for arguments of these types; `None` when it takes no such.
fn yields(function: &str, types: &[Type]) -> Option<Type> {
    let bool = |holds: bool| holds.then_some(Type::BOOL);
    let is = |found: &Type, wanted: &Type| wanted.fits(found);
    let ordered = [Type::Int, Type::Span, Type::TIME, Type::MONEY, Type::TEXT];
    match (function, types) {
        (op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE, [a]) => bool(is(a, &Type::BOOL)),
        (op::LOGICAL_AND | op::LOGICAL_OR, parts) => {
            bool(parts.iter().all(|part| is(part, &Type::BOOL)))
        }
        (op::EQUALS | op::NOT_EQUALS, [a, b]) => bool(comparable(a, b)),
        (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [a, b]) => {
            bool(ordered.iter().any(|one| is(a, one) && is(b, one)))
        }
        (op::IN, [a, Type::List(inner)]) => bool(comparable(a, inner)),
        (op::CONDITIONAL, [condition, a, b]) => {
            (is(condition, &Type::BOOL) && a.fits(b)).then(|| {
                if *a == Type::Any {
                    b.clone()
                } else {
                    a.clone()
                }
            })
        }
        (op::INDEX, [Type::List(inner), Type::Int]) => Some((**inner).clone()),
        (op::ADD, [a, b]) => added(a, b),
        (op::SUBSTRACT, [Type::Of(Kind::Time), Type::Of(Kind::Time)]) => Some(Type::Span),
        (op::SUBSTRACT, [Type::Of(Kind::Time), Type::Span]) => Some(Type::TIME),
        (op::SUBSTRACT, [a, b]) => quantity(a).filter(|_| a == b),
        (op::NEGATE, [a])
        | (op::MULTIPLY, [a, Type::Int] | [Type::Int, a])
        | (op::DIVIDE | op::MODULO, [a, Type::Int]) => quantity(a),
        ("size", [a]) => (a.is_text() || matches!(a, Type::List(_))).then_some(Type::Int),
        ("contains" | "startsWith" | "endsWith", [a, b]) => bool(a.is_text() && b.is_text()),
        ("days" | "hours" | "minutes", [Type::Int]) => Some(Type::Span),
        ("money", [a]) if a.is_text() => Some(Type::MONEY),
        ("time", [a]) if a.is_text() => Some(Type::TIME),
        _ => None,
    }
}

/// What `money('…')` is to CEL.
pub(crate) fn money(written: &str) -> Option<i64> {
    domain::money::parse_micros(written)
}

/// What `time('…')` is to CEL.
pub(crate) fn time(written: &str) -> Option<i64> {
    let instant: Result<jiff::Timestamp, _> = written.parse();
    instant.ok().map(|instant| instant.as_millisecond())
}

/// The functions that a rule may call, for the reference and for messages.
pub(crate) const FUNCTIONS: &[(&str, &str)] = &[
    ("size(list or text)", "How many there are."),
    (
        "text.contains(text), .startsWith(text), .endsWith(text)",
        "Whether it does.",
    ),
    (
        "list.all(x, …), .exists(x, …), .exists_one(x, …)",
        "Whether a condition holds for every item, for some, for exactly one.",
    ),
    (
        "list.filter(x, …), .map(x, …)",
        "The items for which it holds; what is made of each.",
    ),
    ("days(int), hours(int), minutes(int)", "A duration."),
    ("money('12.50')", "An exact amount."),
    ("time('2026-12-31T00:00:00Z')", "An instant."),
];

fn comparable(a: &Type, b: &Type) -> bool {
    let whole = |found: &Type| matches!(found, Type::Record(..) | Type::Settings);
    // Records are compared by nothing: an unknown field would make two of them differ.
    !whole(a) && !whole(b) && (*a == Type::Null || *b == Type::Null || a.fits(b))
}

fn added(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Of(Kind::Time), Type::Span) | (Type::Span, Type::Of(Kind::Time)) => Some(Type::TIME),
        (Type::List(one), Type::List(other)) => {
            let inner = if **one == Type::Any { other } else { one };
            one.fits(other).then(|| Type::List(inner.clone()))
        }
        (a, b) if a.is_text() && b.is_text() => Some(Type::TEXT),
        (a, b) => quantity(a).filter(|_| a == b),
    }
}

/// What can be added up and multiplied.
fn quantity(found: &Type) -> Option<Type> {
    matches!(found, Type::Int | Type::Span | Type::Of(Kind::Money)).then(|| found.clone())
}

fn mismatch(function: &str, types: &[Type]) -> String {
    let names: Vec<String> = types.iter().map(Type::name).collect();
    let operator = function.trim_matches(['_', '@', '[', ']']);
    match (function, names.as_slice()) {
        (op::EQUALS | op::NOT_EQUALS, [a, b]) => format!("{a} cannot be compared with {b}"),
        (op::INDEX, [a, b]) => format!("{a} cannot be indexed by {b}"),
        (op::IN, [a, b]) => format!("{a} cannot be looked for in {b}"),
        (op::CONDITIONAL, _) => "both sides of “? :” must be of the same type".to_owned(),
        (_, [a, b]) if function.starts_with('_') => {
            format!("“{operator}” does not go with {a} and {b}")
        }
        (_, [a]) if function.ends_with('_') => format!("“{operator}” does not go with {a}"),
        _ => {
            let known = FUNCTIONS.iter().any(|(usage, _)| {
                let mut words = usage.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                words.any(|word| word == function)
            });
            if known {
                format!("{function}() does not take {}", names.join(", "))
            } else {
                format!("there is no function {function}()")
            }
        }
    }
}
