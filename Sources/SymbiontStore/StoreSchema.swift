/// The schema of this program: the migrations of all record folders, in the order in which they are applied.
///
/// Append-only: an applied migration is never edited, a change is a new one at the end.
package enum StoreSchema {
  package static let migrations: [StoreMigration] = [
    agents, executions, memory, mailboxes, agentCounts, resources, sandboxes, messaging, scheduling, recovery,
    repeatedCalls, envelopeGroups, busSecrets,
  ]

  /// Programs by the SHA-256 of their source, and agents.
  ///
  /// An agent's `configuration` is JSON without the source; its `entry` is the agent in the program that it runs, empty
  /// until it is initialized, and its `time_limit` the microseconds that one execution may take.
  private static let agents = StoreMigration(
    identifier: "0001-agents",
    sql: """
      CREATE TABLE programs (
        hash BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL, source BLOB NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE agents (
        id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, mode TEXT NOT NULL,
        entry TEXT NOT NULL, time_limit INTEGER,
        configuration BLOB NOT NULL, program BLOB NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
        execution_count INTEGER NOT NULL, error_count INTEGER NOT NULL, restart_count INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX agents_by_name ON agents (name);
      """)

  /// Executions, their effects (the journal) and the last snapshot of each machine.
  private static let executions = StoreMigration(
    identifier: "0002-executions",
    sql: """
      CREATE TABLE executions (
        id BLOB NOT NULL PRIMARY KEY, agent_id BLOB NOT NULL, agent_name TEXT NOT NULL, program BLOB NOT NULL,
        input BLOB NOT NULL, branch_function BLOB, status INTEGER NOT NULL, waits_for INTEGER, wake_at INTEGER,
        deadline INTEGER, parent_id BLOB, parent_sequence INTEGER, branch INTEGER, outcome BLOB,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX executions_by_wake ON executions (wake_at) WHERE wake_at IS NOT NULL;
      CREATE INDEX executions_unfinished ON executions (agent_id, status) WHERE status < 2;
      CREATE INDEX executions_by_parent ON executions (parent_id, parent_sequence, branch) WHERE parent_id IS NOT NULL;
      CREATE TABLE effects (
        execution_id BLOB NOT NULL, sequence INTEGER NOT NULL, effect INTEGER NOT NULL, state INTEGER NOT NULL,
        request BLOB NOT NULL, outcome BLOB, started_at INTEGER NOT NULL, finished_at INTEGER,
        PRIMARY KEY (execution_id, sequence)
      ) WITHOUT ROWID;
      CREATE TABLE snapshots (
        execution_id BLOB NOT NULL PRIMARY KEY, sequence INTEGER NOT NULL, machine BLOB NOT NULL
      ) WITHOUT ROWID;
      """)

  /// The key-value memory of agents, and their searchable records.
  private static let memory = StoreMigration(
    identifier: "0003-memory",
    sql: """
      CREATE TABLE memory_entries (
        agent_id BLOB NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, updated_at INTEGER NOT NULL,
        PRIMARY KEY (agent_id, key)
      ) WITHOUT ROWID;
      CREATE TABLE memory_records (
        id INTEGER PRIMARY KEY, agent_id BLOB NOT NULL, store TEXT NOT NULL, record BLOB NOT NULL,
        created_at INTEGER NOT NULL
      );
      CREATE INDEX memory_records_by_store ON memory_records (agent_id, store);
      CREATE VIRTUAL TABLE memory_texts USING fts5 (text, tokenize = 'unicode61');
      """)

  /// Messages that wait in an inbox, asks that wait for a reply, and topics.
  private static let mailboxes = StoreMigration(
    identifier: "0004-mailboxes",
    sql: """
      CREATE TABLE messages (
        recipient_id BLOB NOT NULL, id BLOB NOT NULL, priority INTEGER NOT NULL, sender_id BLOB NOT NULL,
        topic TEXT NOT NULL, payload BLOB NOT NULL, sent_at INTEGER NOT NULL, expires_at INTEGER,
        PRIMARY KEY (recipient_id, id)
      ) WITHOUT ROWID;
      CREATE TABLE asks (
        message_id BLOB NOT NULL PRIMARY KEY, execution_id BLOB NOT NULL, sequence INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX asks_by_effect ON asks (execution_id, sequence);
      CREATE TABLE subscriptions (
        topic TEXT NOT NULL, agent_id BLOB NOT NULL, PRIMARY KEY (topic, agent_id)
      ) WITHOUT ROWID;
      """)

  /// How many agents there are in each state, kept by the database itself, so that admitting one more does not count
  /// them all.
  private static let agentCounts = StoreMigration(
    identifier: "0005-agent-counts",
    sql: """
      CREATE TABLE agent_counts (state TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
      INSERT INTO agent_counts (state, count) SELECT state, count(*) FROM agents GROUP BY state;
      CREATE TRIGGER agents_added AFTER INSERT ON agents BEGIN
        INSERT INTO agent_counts (state, count) VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET count = count + 1;
      END;
      CREATE TRIGGER agents_moved AFTER UPDATE OF state ON agents WHEN old.state <> new.state BEGIN
        UPDATE agent_counts SET count = count - 1 WHERE state = old.state;
        INSERT INTO agent_counts (state, count) VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET count = count + 1;
      END;
      CREATE TRIGGER agents_removed AFTER DELETE ON agents BEGIN
        UPDATE agent_counts SET count = count - 1 WHERE state = old.state;
      END;
      """)

  /// What each agent was given; a row is there as long as the agent has it.
  ///
  /// Times are microseconds.
  private static let resources = StoreMigration(
    identifier: "0006-resources",
    sql: """
      CREATE TABLE allocations (
        agent_id BLOB NOT NULL PRIMARY KEY, memory_mb INTEGER NOT NULL, cpu_cores REAL NOT NULL,
        disk_io_mbps INTEGER NOT NULL, network_io_mbps INTEGER NOT NULL, execution_timeout INTEGER NOT NULL,
        idle_timeout INTEGER NOT NULL, allocated_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      """)

  /// The sandboxes that this data directory owns.
  private static let sandboxes = StoreMigration(
    identifier: "0007-sandboxes",
    sql: """
      CREATE TABLE sandboxes (
        id BLOB NOT NULL PRIMARY KEY, instance TEXT NOT NULL, boot_id TEXT NOT NULL, agent_id BLOB,
        engine TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      """)

  /// The communication bus: keys, topics, and messages with what became of them.
  ///
  /// A `status` is 0 pending, 1 delivered, 2 failed, 3 expired; a failed message that has its envelope is a dead letter.
  private static let messaging = StoreMigration(
    identifier: "0008-messaging",
    sql: """
      CREATE TABLE bus_counters (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE bus_agents (
        agent_id BLOB NOT NULL PRIMARY KEY, capabilities TEXT NOT NULL, is_registered INTEGER NOT NULL,
        last_sequence INTEGER NOT NULL, registered_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE bus_identities (
        agent_id BLOB NOT NULL, epoch INTEGER NOT NULL, signing_key BLOB NOT NULL, agreement_key BLOB NOT NULL,
        wrapped BLOB NOT NULL, certificate BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER,
        PRIMARY KEY (agent_id, epoch)
      ) WITHOUT ROWID;
      CREATE TABLE bus_topic_keys (
        topic TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, created_at INTEGER NOT NULL,
        PRIMARY KEY (topic, epoch)
      ) WITHOUT ROWID;
      CREATE TABLE bus_subscriptions (
        agent_id BLOB NOT NULL, pattern TEXT NOT NULL, PRIMARY KEY (agent_id, pattern)
      ) WITHOUT ROWID;
      CREATE TABLE bus_messages (
        id BLOB NOT NULL PRIMARY KEY, recipient_id BLOB NOT NULL, sender_id BLOB NOT NULL, sequence INTEGER NOT NULL,
        priority INTEGER NOT NULL, status INTEGER NOT NULL, attempts INTEGER NOT NULL, time_to_live INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, in_reply_to BLOB, finished_at INTEGER, reason TEXT, envelope BLOB
      ) WITHOUT ROWID;
      """)

  /// Messages in groups that were kept together: what became of each, in records of ``EnvelopeGroup``; the envelopes that
  /// somebody may need, one after the other; and why dead letters are dead.
  ///
  /// Numbers grow as long as a bus is open, so that groups are added and removed at the ends of the tables. What
  /// `bus_messages` still has comes here when the bus is opened.
  private static let envelopeGroups = StoreMigration(
    identifier: "0012-envelope-groups",
    sql: """
      CREATE TABLE bus_groups (number INTEGER PRIMARY KEY, records BLOB NOT NULL);
      CREATE TABLE bus_envelopes (number INTEGER PRIMARY KEY, envelopes BLOB NOT NULL);
      CREATE TABLE bus_reasons (
        number INTEGER NOT NULL, place INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (number, place)
      ) WITHOUT ROWID;
      """)

  /// Secrets of the bus, wrapped by its master key.
  ///
  /// `bus_topic_keys` is only read from now on.
  private static let busSecrets = StoreMigration(
    identifier: "0013-bus-secrets",
    sql: """
      CREATE TABLE bus_secrets (
        name TEXT NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL, created_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      """)

  /// What the error handler knows: errors and counts of each agent, breakers, recoveries under way, strategies and groups.
  ///
  /// The columns of thresholds are null where the configuration holds; times and durations are microseconds. A strategy
  /// for all agents has an empty `agent_id`.
  private static let recovery = StoreMigration(
    identifier: "0010-recovery",
    sql: """
      CREATE TABLE recovery_agents (
        agent_id BLOB NOT NULL PRIMARY KEY, last_number INTEGER NOT NULL, window_first INTEGER NOT NULL,
        resource_errors INTEGER NOT NULL, network_errors INTEGER NOT NULL, security_errors INTEGER NOT NULL,
        policy_errors INTEGER NOT NULL, system_errors INTEGER NOT NULL, validation_errors INTEGER NOT NULL,
        first_error_at INTEGER, last_error_at INTEGER, attempts INTEGER NOT NULL, successes INTEGER NOT NULL,
        failures_in_row INTEGER NOT NULL, escalation_threshold INTEGER, window INTEGER, breaker_threshold INTEGER,
        breaker_timeout INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE recovery_errors (
        agent_id BLOB NOT NULL, number INTEGER NOT NULL, occurred_at INTEGER NOT NULL, type TEXT NOT NULL,
        operation TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, is_retryable INTEGER NOT NULL,
        PRIMARY KEY (agent_id, number)
      ) WITHOUT ROWID;
      CREATE INDEX recovery_errors_by_time ON recovery_errors (occurred_at);
      CREATE TABLE recovery_breakers (
        agent_id BLOB NOT NULL, operation TEXT NOT NULL, failures INTEGER NOT NULL, last_failure_at INTEGER,
        open_until INTEGER, PRIMARY KEY (agent_id, operation)
      ) WITHOUT ROWID;
      CREATE TABLE recovery_plans (
        agent_id BLOB NOT NULL, operation TEXT NOT NULL, number INTEGER NOT NULL, strategy TEXT NOT NULL,
        steps BLOB NOT NULL, group_name TEXT, multiplier REAL NOT NULL, started_at INTEGER NOT NULL,
        attempt INTEGER NOT NULL, done_steps INTEGER NOT NULL, backup_id BLOB, PRIMARY KEY (agent_id, operation)
      ) WITHOUT ROWID;
      CREATE INDEX recovery_plans_by_group ON recovery_plans (group_name) WHERE group_name IS NOT NULL;
      CREATE TABLE recovery_strategies (
        agent_id BLOB NOT NULL, type TEXT NOT NULL, strategy TEXT NOT NULL, PRIMARY KEY (agent_id, type)
      ) WITHOUT ROWID;
      CREATE TABLE recovery_groups (
        name TEXT NOT NULL PRIMARY KEY, definition BLOB NOT NULL, restarts BLOB NOT NULL, is_shut_down INTEGER NOT NULL
      ) WITHOUT ROWID;
      """)

  /// Who called an execution's agent, the calls that failed and are repeated (`repeat_id` is the last repetition), and how
  /// often recoveries restarted an agent in a row.
  private static let repeatedCalls = StoreMigration(
    identifier: "0011-repeated-calls",
    sql: """
      ALTER TABLE executions ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE agents ADD COLUMN recoveries INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE recovery_calls (
        agent_id BLOB NOT NULL, execution_id BLOB NOT NULL, repeat_id BLOB, PRIMARY KEY (agent_id, execution_id)
      ) WITHOUT ROWID;
      """)

  /// Tasks that have not ended, the last ones that have, schedules, and what became of their times.
  ///
  /// A task is found by its sequence, which only grows, so that tasks are added and removed at the ends of the table; a
  /// task with `started_at` was being executed. Times are microseconds.
  private static let scheduling = StoreMigration(
    identifier: "0009-scheduling",
    sql: """
      CREATE TABLE tasks (
        sequence INTEGER PRIMARY KEY, id BLOB NOT NULL, agent_id BLOB NOT NULL, priority INTEGER NOT NULL,
        scheduled_at INTEGER NOT NULL, due_at INTEGER NOT NULL, timeout INTEGER NOT NULL, retry_count INTEGER NOT NULL,
        interruption TEXT NOT NULL, input BLOB NOT NULL, schedule_id BLOB, is_retrying INTEGER NOT NULL,
        execution_id BLOB, started_at INTEGER
      );
      CREATE TABLE finished_tasks (
        ordinal INTEGER PRIMARY KEY, id BLOB NOT NULL, agent_id BLOB NOT NULL, status TEXT NOT NULL, outcome BLOB,
        finished_at INTEGER NOT NULL
      );
      CREATE TABLE schedules (
        id BLOB NOT NULL PRIMARY KEY, definition BLOB NOT NULL, state TEXT NOT NULL, base_at INTEGER NOT NULL,
        held_at INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE schedule_runs (
        schedule_id BLOB NOT NULL, ordinal INTEGER NOT NULL, nominal_at INTEGER NOT NULL, fired_at INTEGER NOT NULL,
        outcome TEXT NOT NULL, task_id BLOB, PRIMARY KEY (schedule_id, ordinal)
      ) WITHOUT ROWID;
      CREATE TABLE scheduler_state (
        number INTEGER PRIMARY KEY CHECK (number = 1), is_paused INTEGER NOT NULL, is_open INTEGER NOT NULL
      );
      INSERT INTO scheduler_state (number, is_paused, is_open) VALUES (1, 0, 0);
      """)
}
