//! Changing one place of a document.

use super::{Json, Object, Path, Segment};

/// Why a place cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("there is no item {index} at {at}: the array has {len}")]
    NoItem { at: Path, index: usize, len: usize },
    #[error("{at} is of type {kind}, so it has no {wanted}")]
    WrongKind { at: Path, kind: &'static str, wanted: &'static str },
}

impl Json {
    /// Puts a value at a place, `null` too. Members on the way that are missing or null become objects; an item of an
    /// array must be there.
    ///
    /// # Errors
    /// An item is missing, or something on the way is neither object nor array.
    pub fn put(&mut self, place: &Path, value: Self) -> Result<(), EditError> {
        *self.reach(place)? = value;
        Ok(())
    }

    /// Takes out the member or item at a place and returns it; `None` when nothing is there.
    pub fn take_out(&mut self, place: &Path) -> Option<Self> {
        let (last, parents) = place.0.split_last()?;
        let parent = parents.iter().try_fold(self, |value, segment| match (value, segment) {
            (Self::Object(members), Segment::Member(name)) => members.get_mut(name),
            (Self::Array(items), Segment::Item(index)) => items.get_mut(*index),
            _ => None,
        })?;
        match (parent, last) {
            (Self::Object(members), Segment::Member(name)) => {
                let found = members.get(name).cloned();
                members.remove(name);
                found
            }
            (Self::Array(items), Segment::Item(index)) if *index < items.len() => Some(items.remove(*index)),
            _ => None,
        }
    }

    fn reach(&mut self, place: &Path) -> Result<&mut Self, EditError> {
        let mut value = self;
        for (depth, segment) in place.0.iter().enumerate() {
            let at = || Path(place.0[..depth].to_vec());
            if let (Self::Null, Segment::Member(_)) = (&*value, segment) {
                *value = Self::Object(Object::new());
            }
            let kind = value.kind();
            value = match (value, segment) {
                (Self::Object(members), Segment::Member(name)) => members.entry(name),
                (Self::Array(items), Segment::Item(index)) => {
                    let (index, len) = (*index, items.len());
                    items.get_mut(index).ok_or_else(|| EditError::NoItem { at: at(), index, len })?
                }
                (_, Segment::Member(_)) => return Err(EditError::WrongKind { at: at(), kind, wanted: "members" }),
                (_, Segment::Item(_)) => return Err(EditError::WrongKind { at: at(), kind, wanted: "items" }),
            };
        }
        Ok(value)
    }
}
