//! Whatever order things happen in: what is claimed is live, what linking calls off is not done, nothing
//! is done twice, and the audit is whole.

use app::link::{BuyerEntered, Codes, LinkForm};
use app::plan::Outcome;
use domain::{PlanId, RegistrationToken};
use store::table::due_effect::DueState;

use crate::story::{EMQX_VENDOR, HALDEN, Story};

const STEPS: usize = 25;

#[tokio::test(flavor = "multi_thread")]
async fn any_order_of_linking_ending_and_waiting_keeps_the_books() {
    for seed in 1..=6 {
        walk(seed).await;
    }
}

async fn walk(seed: u64) {
    let story = Story::new().await;
    story.directory(EMQX_VENDOR);
    let mut dice = Dice(seed);
    let mut agreements = vec![story.subscribes("emqx", HALDEN).await.agreement_id];
    let mut done = Vec::new();
    for step in 0..STEPS {
        let agreement = agreements[dice.below(agreements.len())].clone();
        let organization = ["halden", "nordic"][dice.below(2)];
        let at = format!("seed {seed}, step {step}");
        match dice.below(7) {
            0 => agreements.push(story.subscribes("emqx", HALDEN).await.agreement_id),
            1 | 2 => link(&story, &agreement, organization, &at).await,
            3 if held(&story, &agreement) => drop(story.unlinks(&agreement).await),
            // It may be over already.
            4 => drop(story.control.cancel(&agreement).await),
            5 => story.advance("30h").await,
            _ => story.sync().await,
        }
        check(&story, &agreements, &mut done, &at);
    }
}

/// Links if the rules let it; and if nothing of the vendor's stands in the way, they must.
async fn link(story: &Story, agreement: &str, organization: &str, at: &str) {
    // What is over cannot be set up.
    let Ok(bought) = story.control.set_up(agreement).await else {
        return;
    };
    let token = RegistrationToken::parse(&bought.registration_token).unwrap();
    let form = LinkForm {
        buyer: BuyerEntered::Token(token),
        target: format!("organization:{organization}"),
        ..LinkForm::default()
    };
    let plan = story.connection.plan_link(form.check().unwrap()).await;
    let plan = plan.unwrap();
    if plan.outcome != Outcome::Ready {
        return;
    }
    let id = PlanId::parse(&plan.id).unwrap();
    // A claim that nobody live has would refuse it here.
    let linked = story.connection.execute_link(&id, &Codes::default()).await;
    assert!(linked.is_ok(), "{at}: {:?}", linked.err());
}

fn held(story: &Story, agreement: &str) -> bool {
    let (history, _) = story.connection.link_of(agreement).unwrap();
    let current = history.first();
    current.is_some_and(|it| {
        matches!(it.link.state.word(), "active" | "awaiting-aws") && it.in_force != Some(false)
    })
}

#[track_caller]
fn check(story: &Story, agreements: &[String], done: &mut Vec<i64>, at: &str) {
    story.audit_is_whole();
    // What linking calls off is not due at what is linked.
    let linked: Vec<String> = agreements
        .iter()
        .filter(|agreement| held(story, agreement))
        .map(|agreement| story.link(agreement).link.target.id)
        .collect();
    for effect in story.due() {
        let called_off = effect.relinking_calls_off && linked.contains(&effect.target_id);
        assert!(
            !called_off,
            "{at}: {} is due at what is linked",
            effect.thing
        );
    }
    // What was settled stays as it was settled.
    let database = story.connection.store();
    for agreement in agreements {
        let all = database
            .read(|read| read.due_effects_of(agreement))
            .unwrap();
        let open = all.iter().filter(|it| it.state == DueState::Due).count();
        let ending = story.state(agreement) == "ending";
        assert!(!ending || open > 0, "{at}: {agreement} waits for nothing");
        for effect in all {
            let settled = effect.state != DueState::Due;
            assert!(settled || !done.contains(&effect.id), "{at}: done twice");
            if settled && !done.contains(&effect.id) {
                done.push(effect.id);
            }
        }
    }
    // Each is told once.
    let rows = database.read(|read| read.audit_after(0, 10_000)).unwrap();
    let told = rows.iter().filter(|row| row.entry.action == "due-effect");
    assert!(told.count() <= done.len(), "{at}");
}

/// Numbers that are the same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((it ^ (it >> 31)) % limit as u64).unwrap()
    }
}
