//! Pages: a token is a position and a proof of the query it belongs to. It holds across restarts.

use crate::chance::mix_bytes;
use crate::value::Value;
use crate::world::World;

/// The token does not belong to this query of this world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ForeignToken;

/// One query, as tokens are tied to it.
pub(crate) struct Query<'w> {
    world: &'w World,
    hash: u64,
    token: Option<&'w str>,
}

impl<'w> Query<'w> {
    /// The query of `operation` with this (checked) input, whose token is the member `token`.
    pub(crate) fn of(
        world: &'w World,
        operation: &str,
        input: &'w Value,
        token: &'static str,
    ) -> Self {
        let parameters = input.members().iter().filter(|(name, _)| name != token);
        let hash = parameters.fold(
            mix_bytes(world.seed, operation.as_bytes()),
            |hash, member| mix_bytes(hash, format!("{member:?}").as_bytes()),
        );
        Self {
            world,
            hash,
            token: input.get(token).text(),
        }
    }

    /// The position to go on after, if the caller brought one.
    pub(crate) fn position(&self) -> Result<Option<(i64, u32)>, ForeignToken> {
        let Some(token) = self.token else {
            return Ok(None);
        };
        let read = |from: usize, to: usize| {
            token
                .get(from..to)
                .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        };
        let (Some(key), Some(index)) = (read(0, 16), read(16, 24)) else {
            return Err(ForeignToken);
        };
        let position = (key.cast_signed(), crate::chance::low32(index));
        if self.token_after(position) == token {
            Ok(Some(position))
        } else {
            Err(ForeignToken)
        }
    }

    /// The token that goes on after a position.
    pub(crate) fn token_after(&self, (key, index): (i64, u32)) -> String {
        let position = format!("{:016x}{index:08x}", key.cast_unsigned());
        let proof = self
            .world
            .ids
            .proof(&format!("{position}{:016x}", self.hash));
        format!("{position}{proof}")
    }
}
