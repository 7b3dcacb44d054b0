//! The custom fields of contacts, and contacts that are gone.

use super::ConsoleState;
use types::custom_fields::CustomFields;
use types::id::ContactId;

impl ConsoleState {
    /// The organisation's custom fields, in their order.
    #[must_use]
    pub fn custom_fields(&self) -> &CustomFields {
        &self.custom_fields
    }

    /// A contact is gone with all that was kept of them.
    pub fn remove_contact(&mut self, id: ContactId) {
        self.contacts.remove(&id);
    }

    /// Takes the fields, unless newer ones are known. What contacts had in one that is gone is gone too: ids are never used twice.
    pub fn put_custom_fields(&mut self, fields: CustomFields) {
        if fields.version < self.custom_fields.version {
            return;
        }
        let before = std::mem::replace(&mut self.custom_fields, fields);
        let gone: Vec<_> = before.items.iter().map(|field| field.id).collect();
        self.gone_custom_fields.extend(gone.into_iter().filter(|id| self.custom_fields.get(*id).is_none()));
        let gone = &self.gone_custom_fields;
        for contact in self.contacts.values_mut() {
            contact.custom_values.retain(|value| !gone.contains(&value.field_id));
        }
    }
}
