// The list of contacts, giving many of them tags, and the table that is carried out, as the walk of the contract asks for them.

import assert from "node:assert/strict";
import type { Fetch, ParlorClient } from "../src/index.ts";
import { newChannel, newOrganisation, newVisitor } from "../testing/index.ts";
import { walkContactMerges } from "./contact-merges.ts";

/** Asks each of these operations once with success. */
export async function walkContacts(url: string, fetch: Fetch): Promise<void> {
  const { admin } = await newOrganisation(url, {}, fetch);
  const channel = await newChannel(admin);
  const visitor = await newVisitor(url, channel.key, { fetch });
  await visitor.say("我想看看");
  const { contact_id } = visitor.session;
  const query = { channel_id: channel.id, sort: "name" as const, descending: true, blocked: false, limit: 1 };
  const { items } = await admin.ok(admin.api.GET("/api/v1/contacts", { params: { query } }));
  assert.deepEqual(items.map(({ contact }) => contact.id), [contact_id]);
  const group = await admin.ok(admin.api.POST("/api/v1/tag-groups", { body: { name: "来源" } }));
  const of = { params: { path: { group_id: group.id } }, body: { name: "展会" } };
  const [tag] = (await admin.ok(admin.api.POST("/api/v1/tag-groups/{group_id}/tags", of))).tags;
  assert.ok(tag);
  await assert.rejects(admin.ok(admin.api.POST("/api/v1/taggings", { body: { tag_ids: [tag.id] } })));
  const body = { tag_ids: [tag.id], filter: { channel_id: channel.id } };
  const begun = await admin.ok(admin.api.POST("/api/v1/taggings", { body }));
  let newest = begun;
  while (newest.state === "running") {
    [newest = begun] = (await admin.ok(admin.api.GET("/api/v1/taggings"))).items;
  }
  assert.deepEqual([newest.id, newest.state, newest.percent, newest.tagged], [begun.id, "finished", 100, 1]);
  await admin.ok(admin.api.POST("/api/v1/taggings/{tagging_id}/cancel", { params: { path: { tagging_id: begun.id } } }));
  const table = { filter: { tag_id: tag.id }, language: "en" as const };
  const { path } = await admin.ok(admin.api.POST("/api/v1/contact-exports", { body: table }));
  // Reading it as text takes the byte order mark away.
  const lines = (await (await globalThis.fetch(url + path)).text()).trimEnd().split("\r\n");
  assert.deepEqual([lines.length, lines[0]?.startsWith("Number,Name,"), lines[1]?.includes(",展会,")], [2, true, true]);
  assert.equal((await globalThis.fetch(url + path)).status, 404);
  const set = { version: 0, items: [{ name: "公司", kind: "text" as const, choices: [] }] };
  const fields = await admin.ok(admin.api.PUT("/api/v1/custom-fields", { body: set }));
  assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/custom-fields")), fields);
  const [field] = fields.items;
  assert.ok(field);
  const one = { params: { path: { contact_id } } };
  const { version } = await admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", one));
  const custom_values = [{ field_id: field.id, value: "云上" }];
  await admin.ok(admin.api.PATCH("/api/v1/contacts/{contact_id}", { ...one, body: { version, name: "王芳", custom_values } }));
  const of_field = { params: { path: { field_id: field.id } } };
  assert.equal((await admin.ok(admin.api.GET("/api/v1/custom-fields/{field_id}/contents", of_field))).contacts, 1);
  const data = await admin.ok(admin.api.POST("/api/v1/contacts/{contact_id}/data-exports", one));
  const kept = (await (await globalThis.fetch(url + data.path)).json()) as { contact: { name: string } };
  assert.equal(kept.contact.name, "王芳");
  await admin.ok(admin.api.DELETE("/api/v1/contacts/{contact_id}", { ...one, body: { name: "王芳" } }));
  await assert.rejects(admin.ok(admin.api.GET("/api/v1/contacts/{contact_id}", one)));
  await walkImports(admin, channel.id);
  await walkContactMerges(url, fetch);
}

/** Contacts come from a table. */
async function walkImports(admin: ParlorClient, channel_id: string): Promise<void> {
  // The bytes as they are: the client would make JSON of them.
  const table = { body: "", bodySerializer: () => new Blob(["name,phone\nAda,13800138000\nBob,soon\n"]) };
  const headers = { "content-type": "application/octet-stream" };
  const come = await admin.ok(admin.api.POST("/api/v1/contact-imports", { ...table, headers }));
  assert.deepEqual([come.state, come.rows, come.suggested.length], ["ready", 2, 2]);
  const of_import = { params: { path: { import_id: come.id } } };
  const body = { channel_id, columns: come.suggested, duplicates: "skip" as const, trial: false };
  let newest = await admin.ok(admin.api.POST("/api/v1/contact-imports/{import_id}/begin", { ...of_import, body }));
  while (newest.state === "running") {
    [newest = come] = (await admin.ok(admin.api.GET("/api/v1/contact-imports"))).items;
  }
  assert.deepEqual([newest.state, newest.created, newest.failed, newest.faults[0]?.row], ["finished", 1, 1, 3]);
  const mended = { ...of_import, body: { language: "en" as const } };
  const failed = await admin.ok(admin.api.POST("/api/v1/contact-imports/{import_id}/failure-exports", mended));
  assert.ok(failed.path.endsWith("/failed-rows.csv"));
  await admin.ok(admin.api.POST("/api/v1/contact-imports/{import_id}/cancel", of_import));
}
