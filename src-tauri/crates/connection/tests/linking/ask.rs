//! What a person at the console asks for.

use app::link::{BuyerEntered, LinkForm, NewWorkspaceEntered};
use domain::RegistrationToken;
use sandbox::Registration;

/// What a person at the console asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask(pub(crate) LinkForm);

/// By the registration that the buyer's browser brought.
pub(crate) fn by_token(bought: &Registration) -> Ask {
    let token = RegistrationToken::parse(&bought.registration_token).unwrap();
    Ask(LinkForm {
        buyer: BuyerEntered::Token(token),
        ..LinkForm::default()
    })
}

/// By the agreement that AWS lists.
pub(crate) fn by_agreement(id: &str) -> Ask {
    Ask(LinkForm {
        buyer: BuyerEntered::Agreement(id.to_owned()),
        ..LinkForm::default()
    })
}

impl Ask {
    pub(crate) fn to(mut self, target: &str) -> Self {
        self.0.target = target.to_owned();
        self
    }

    /// Ada, who may link it, asks for Halden Freight.
    pub(crate) fn for_halden(self) -> Self {
        self.to("organization:halden").member("ada@halden.example")
    }

    /// Kai, who may link it, asks for Nordic Maps.
    pub(crate) fn for_nordic(self) -> Self {
        self.to("organization:nordic").member("kai@nordic.example")
    }

    pub(crate) fn member(mut self, email: &str) -> Self {
        self.0.member = Some(email.to_owned());
        self
    }

    pub(crate) fn workspace(mut self, id: &str) -> Self {
        self.0.workspaces.push(id.to_owned());
        self
    }

    pub(crate) fn without(mut self, id: &str) -> Self {
        self.0.without_workspaces.push(id.to_owned());
        self
    }

    pub(crate) fn new_workspace(mut self, name: &str, language: &str, site: &str) -> Self {
        self.0.new_workspaces.push(NewWorkspaceEntered {
            name: name.to_owned(),
            language: language.to_owned(),
            site: site.to_owned(),
        });
        self
    }

    pub(crate) fn answer(mut self, key: &str, text: &str) -> Self {
        self.0.answers.insert(key.to_owned(), text.to_owned());
        self
    }

    pub(crate) fn agreed(mut self) -> Self {
        self.0.terms_accepted = true;
        self
    }

    pub(crate) fn in_spite_of(mut self, rule: &str, reason: &str) -> Self {
        self.0.overrides.insert(rule.to_owned(), reason.to_owned());
        self
    }
}
