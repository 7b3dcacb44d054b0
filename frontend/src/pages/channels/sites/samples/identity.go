package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
)

func UserHash(userID string) string {
	mac := hmac.New(sha256.New, []byte(os.Getenv("PARLOR_IDENTITY_SECRET")))
	mac.Write([]byte(userID))
	return hex.EncodeToString(mac.Sum(nil))
}
