const { createHmac } = require("node:crypto");

function userHash(userId) {
  const secret = process.env.PARLOR_IDENTITY_SECRET;
  return createHmac("sha256", secret).update(userId, "utf8").digest("hex");
}
