class StripeError(Exception):
    """An answer in Stripe's error envelope.

    `remembered` says whether the answer is kept under the idempotency key: refusals before the work began are not.
    """

    def __init__(self, message, *, code=None, param=None, status=400, kind="invalid_request_error", remembered=False):
        super().__init__(message)
        self.message, self.code, self.param = message, code, param
        self.status, self.kind, self.remembered = status, kind, remembered

    def body(self, request_id: str) -> dict:
        error = {"message": self.message, "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = "https://stripe.com/docs/error-codes/" + self.code.replace("_", "-")
        if self.param:
            error["param"] = self.param
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """A parameter is wrong, so nothing was begun."""
    return StripeError(message, code=code, param=param)


def refused(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """The parameters are right, but the object's state forbids it."""
    return StripeError(message, code=code, param=param, remembered=True)


def missing(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> StripeError:
    return StripeError(f"No such {kind}: '{object_id}'", code="resource_missing", param=param, status=status)
