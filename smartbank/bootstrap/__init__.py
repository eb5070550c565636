"""Wire the application together: the one package that picks concrete adapters."""

from smartbank.adapters.passwords import hash_password, verify_password
from smartbank.bootstrap.databases import (
    connect,
    new_data_key,
    open_audit,
    open_bank_settings,
    open_database,
    open_keys,
    open_signer,
    open_users,
    open_vault,
)
from smartbank.bootstrap.models import (
    check_columns,
    fetch_training_data,
    load_demo,
    run_backtest,
    sample_upload,
    train_model,
)
from smartbank.bootstrap.production import database_refusals, refuse_in_production, settings_refusals
from smartbank.bootstrap.services import Services, build_services, open_services
from smartbank.bootstrap.work import (
    Executor,
    call_ports,
    executors,
    list_export_ports,
    list_ports,
    market_ports,
    model_ports,
    outcome_upload_ports,
    replay_ports,
    training_ports,
)

__all__ = [
    "Executor",
    "Services",
    "build_services",
    "call_ports",
    "check_columns",
    "connect",
    "database_refusals",
    "executors",
    "fetch_training_data",
    "hash_password",
    "list_export_ports",
    "list_ports",
    "load_demo",
    "market_ports",
    "model_ports",
    "new_data_key",
    "open_audit",
    "open_bank_settings",
    "open_database",
    "open_keys",
    "open_services",
    "open_signer",
    "open_users",
    "open_vault",
    "outcome_upload_ports",
    "refuse_in_production",
    "replay_ports",
    "run_backtest",
    "sample_upload",
    "settings_refusals",
    "train_model",
    "training_ports",
    "verify_password",
]
