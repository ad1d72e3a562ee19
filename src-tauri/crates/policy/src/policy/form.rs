//! What is asked for before a link is made, step by step.

use crate::text::Template;

/// When a form is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// An organization is created.
    NewOrganization,
    /// An organization that is there is chosen.
    ExistingOrganization,
    /// A person registers.
    NewMember,
    /// A billing account is registered.
    NewBillingAccount,
    /// A billing account that is there is bound.
    ExistingBillingAccount,
    /// A workspace is created for somebody who has an account of the product.
    NewWorkspace,
    /// A workspace is created together with the account of its user.
    NewWorkspaceAndUser,
    /// Workspaces that are there are bound.
    ExistingWorkspaces,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 8] = [
        Self::NewOrganization,
        Self::ExistingOrganization,
        Self::NewMember,
        Self::NewBillingAccount,
        Self::ExistingBillingAccount,
        Self::NewWorkspace,
        Self::NewWorkspaceAndUser,
        Self::ExistingWorkspaces,
    ];

    /// Its word in policy files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NewOrganization => "new-organization",
            Self::ExistingOrganization => "existing-organization",
            Self::NewMember => "new-member",
            Self::NewBillingAccount => "new-billing-account",
            Self::ExistingBillingAccount => "existing-billing-account",
            Self::NewWorkspace => "new-workspace",
            Self::NewWorkspaceAndUser => "new-workspace-and-user",
            Self::ExistingWorkspaces => "existing-workspaces",
        }
    }
}

/// A step of the wizard: what is asked for on one occasion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// When it is filled in.
    pub on: Occasion,
    /// Its heading.
    pub title: Template,
    /// What to know before filling it in.
    pub note: Option<Template>,
    /// What is asked for, in order.
    pub fields: Vec<FormField>,
    /// Whether a code sent by e-mail is asked for.
    pub verify: bool,
    /// Whether the buyer must agree to the vendor's terms.
    pub terms: bool,
    /// Whether the person is invited and sets the password without anybody else seeing it.
    pub invite: bool,
    /// Rules this stands for.
    pub covers: Vec<String>,
}

/// One question of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// The attribute that it fills, as `workspace.language`.
    pub key: String,
    /// What may be entered.
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it can never be changed once the thing exists.
    pub fixed: bool,
    /// What it is called.
    pub label: Template,
    /// What to know about it.
    pub hint: Option<Template>,
}

/// What may be entered into a field. Passwords never are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A country, by its ISO 3166 code.
    Country,
    /// One of these.
    Choice(Vec<String>),
}
