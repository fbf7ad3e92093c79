"""Settings of the worker process itself; each adapter has its own."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class WorkerSettings(BaseSettings):
    """How this worker works."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_", extra="ignore")

    task_queue: str = "transfers"
    worker_host: str = "127.0.0.1"
    worker_port: int = 8081
    """Health and readiness; the metrics of the SDK are on ``metrics_port``."""
    metrics_port: int = 9464
    drain_seconds: float = 15
    """How long running activities may finish after SIGTERM."""
