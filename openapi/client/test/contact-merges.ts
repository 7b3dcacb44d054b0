// Contacts who are one person are merged and taken apart, as the walk of the contract asks for it.

import assert from "node:assert/strict";
import type { Fetch } from "../src/index.ts";
import { newChannel, newOrganisation, newVisitor } from "../testing/index.ts";

/** Asks each of these operations once with success. */
export async function walkContactMerges(url: string, fetch: Fetch): Promise<void> {
  const { admin } = await newOrganisation(url, {}, fetch);
  const channel = await newChannel(admin);
  const ids: string[] = [];
  for (const phone of ["13800138000", "138-0013-8000"]) {
    const visitor = await newVisitor(url, channel.key, { fetch });
    await visitor.say("我想看看");
    const { contact_id } = visitor.session;
    await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { params: { path: { contact_id } }, body: { version: 0, phone } }));
    ids.push(contact_id);
  }
  const [contact_id, other_id] = ids;
  assert.ok(contact_id !== undefined && other_id !== undefined);
  const of = { params: { path: { contact_id } } };
  const offered = await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}/duplicates", of));
  assert.deepEqual(offered.items.map((item) => [item.contact.contact.id, item.reasons]), [[other_id, ["same_phone"]]]);
  const body = { other_id, version: 1, other_version: 1, take: { phone: true } };
  const { contact, merge } = await admin.ok(admin.api.POST("/api/v1/contacts/{contact_id}/merge", { ...of, body }));
  assert.deepEqual([contact.id, contact.phone], [contact_id, "138-0013-8000"]);
  const there = await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", { params: { path: { contact_id: other_id } } }));
  assert.equal(there.id, contact_id);
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}/merges", of)), { items: [merge] });
  const undone = { params: { path: { contact_id, merge_id: merge.id } } };
  const apart = await admin.ok(admin.api.POST("/api/v1/contacts/{contact_id}/merges/{merge_id}/undo", undone));
  assert.deepEqual([apart.contact.phone, apart.other.id], ["13800138000", other_id]);
}
