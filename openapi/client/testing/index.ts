// What tests need besides the client: a server of their own, and people.

export * from "./people.ts";
export * from "./server.ts";
export * from "./totp.ts";
export * from "./translation.ts";
