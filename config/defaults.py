"""Development and test defaults; `APP_ENV=production` refuses every one of them."""

from base64 import urlsafe_b64encode
from pathlib import Path

DATABASE_URL = "postgresql+psycopg:///harborline"
REDIS_URL = "redis://127.0.0.1:6379/0"

LOCAL_STATE_DIR = Path(__file__).resolve().parents[1] / ".local" / "state"

# Present in the URL of every server that `runtime.embedded` starts: their socket directory carries this name.
EMBEDDED_MARK = "harborline-embedded"

SECRET_KEY_PREFIX = "development-"  # noqa: S105 - the launcher's generated keys begin with it too
SECRET_KEY = f"{SECRET_KEY_PREFIX}secret-key-for-nobody"
ENCRYPTION_KEY = urlsafe_b64encode(b"harborline development key, 32 B").decode()

TWILIO_ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
TWILIO_AUTH_TOKEN = "development-auth-token"  # noqa: S105 - known to the simulator, refused in production
TWILIO_API_KEY_SID = "SK" + "0123456789abcdef" * 2
TWILIO_API_KEY_SECRET = "development-api-key-secret-for-nobody"  # noqa: S105 - likewise
HELPLINE_NUMBER = "+18335550100"
ON_CALL_NUMBER = "+16175550199"
