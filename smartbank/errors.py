"""Errors SmartBank raises on purpose.

* SmartBankError            catch this at an entry point (page, command, API handler)
  - LeadValidationError     the caller's leads are malformed; fix the input
  - ModelArtifactError      the model is missing, altered or incompatible with this environment
  - MarketGivenError        a request brings a market nobody believes; correct it or leave it out
  - MarketSourceError       a market source did not answer, or not believably
  - TrainingDataError       the training file is missing, altered or not the UCI file
  - StorageError            MongoDB did not answer or refused the write
  - NotFoundError           the thing asked for does not exist (any more)
  - WorkCancelledError      the work was cancelled, or its lease went to another worker
  - SignInError             a sign-in, a token or a key was refused
      TooManyAttemptsError  too many attempts failed; wait
      ProviderRefusedError  the bank's identity provider knows somebody SmartBank does not let in
      ScopeError            it is right, but a scope asked for is not one it has
  - AccountError            a user or a program cannot be added or changed that way
  - ForbiddenError          the user may not do this
  - RateLimitError          too many requests; says when to try again
  - SettingsError           a setting has a value that is not allowed
  - ScenarioError           a scenario's name or market is not allowed
  - NoteError               a note is empty or too long
  - ListConstraintError     no list of that length keeps the shares asked for; change a bound
  - ConflictError           somebody else changed the same thing meanwhile; look at it, then save again
  - BacktestError           the file of a backtest is not one
  - ClusterError            the processes that share a scoring are away, or gave a piece of it up
  - OutputError             a result cannot be written where it was asked for
  - BackupError             a backup cannot be written, or is not fit to be read
  - MigrationError          the database cannot be taken to another schema version now
  - StartUpError            the application cannot start here (port taken, folder in use)

An adapter turns the library's own exception into one of these (`raise ... from exc`),
so nothing above `adapters` has to know pymongo, httpx2 or pyarrow.
"""


class SmartBankError(Exception):
    """Base class: the message is written for the person reading the screen."""


class LeadValidationError(SmartBankError):
    """The leads do not have the expected columns or values."""


class ModelArtifactError(SmartBankError):
    """The model artifact is missing, altered or incompatible with this environment."""


class MarketGivenError(SmartBankError):
    """A request brings a market that cannot be used.

    Attributes
    ----------
    name : str
        The field that is wrong: "cpi".
    """

    def __init__(self, name: str, said: str) -> None:
        super().__init__(said)
        self.name = name


class MarketSourceError(SmartBankError):
    """A market source did not answer, or its answer is not to be believed.

    Attributes
    ----------
    wait_s : float
        Seconds for which it asks to be left alone; 0 if it does not.
    """

    def __init__(self, said: str, *, wait_s: float = 0.0) -> None:
        super().__init__(said)
        self.wait_s = wait_s


class TrainingDataError(SmartBankError):
    """The training file is missing, altered, or not what it should be."""


class StorageError(SmartBankError):
    """The database did not answer, or refused the operation."""


class NotFoundError(SmartBankError):
    """What was asked for does not exist."""


class WorkCancelledError(SmartBankError):
    """The work was cancelled, or another worker holds its lease now."""


class SignInError(SmartBankError):
    """A sign-in, a token or a key was refused."""


class TooManyAttemptsError(SignInError):
    """Too many attempts failed, so none is looked at for a while.

    Attributes
    ----------
    wait_s : int
        Seconds after which the next attempt is looked at.
    """

    def __init__(self, said: str, *, wait_s: int) -> None:
        super().__init__(said)
        self.wait_s = wait_s


class ProviderRefusedError(SignInError):
    """Somebody comes from the bank's identity provider and is not let in.

    Attributes
    ----------
    why : str
        One of `core.provider_refusals.ProviderRefusal`.
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"The sign-in was refused: {why}.")
        self.why = why


class ScopeError(SignInError):
    """The password or the key is right, but a scope that was asked for is not one they have."""


class AccountError(SmartBankError):
    """A user or a program cannot be added or changed that way."""


class ForbiddenError(SmartBankError):
    """The signed-in user may not do this."""


class RateLimitError(SmartBankError):
    """Somebody asks too often; `retry_after_s` says when to try again, in whole seconds."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SettingsError(SmartBankError):
    """A setting has a value that is not allowed."""


class ScenarioError(SmartBankError):
    """A scenario has a name or a market that is not allowed."""


class NoteError(SmartBankError):
    """A note has a text that is not allowed."""


class ListConstraintError(SmartBankError):
    """No list of leads has that length and keeps the shares asked for."""


class ConflictError(SmartBankError):
    """Somebody else changed the same thing meanwhile."""


class BacktestError(SmartBankError):
    """The file of a backtest cannot be read, or does not hold one."""


class ClusterError(SmartBankError):
    """The processes that share a scoring are away, or gave a piece of it up."""


class OutputError(SmartBankError):
    """A result cannot be written where it was asked for."""


class BackupError(SmartBankError):
    """A backup cannot be written there, or what is there is not a whole backup that fits."""


class MigrationError(SmartBankError):
    """The database cannot be taken to that schema version, or not now."""


class StartUpError(SmartBankError):
    """The application cannot start here."""
