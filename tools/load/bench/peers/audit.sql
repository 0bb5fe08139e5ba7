-- Two ways to know in PostgreSQL who changed what: a trigger that writes every change into a table, and the same
-- with each row of that table bound to the one before it by a hash. postgresql.py makes the tables that they watch;
-- a trigger's argument is the column of the row's key.

CREATE TABLE trigger_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  relation text NOT NULL,
  row_key text NOT NULL,
  operation text NOT NULL,
  old_row jsonb,
  new_row jsonb);

-- Without it nobody could ask for the history of a row.
CREATE INDEX trigger_audit_of_row ON trigger_audit (relation, row_key, id);

CREATE FUNCTION write_trigger_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := to_jsonb(OLD);
  new_row jsonb := to_jsonb(NEW);
BEGIN
  INSERT INTO trigger_audit (at, actor, relation, row_key, operation, old_row, new_row)
  VALUES (clock_timestamp(), session_user, TG_TABLE_NAME, coalesce(new_row, old_row) ->> TG_ARGV[0], TG_OP, old_row, new_row);
  RETURN NULL;
END $$;

-- For imports: one trigger a statement, over all the rows that it added.
CREATE FUNCTION write_statement_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trigger_audit (at, actor, relation, row_key, operation, new_row)
  SELECT clock_timestamp(), session_user, TG_TABLE_NAME, row ->> TG_ARGV[0], TG_OP, row
  FROM (SELECT to_jsonb(added) AS row FROM added) AS rows;
  RETURN NULL;
END $$;

CREATE TABLE chain_audit (LIKE trigger_audit INCLUDING ALL, hash bytea NOT NULL);

-- A chain has one end: who adds to it must wait until the one before has committed. A row that holds the end, locked
-- and updated, was tried as well and is slower.
CREATE FUNCTION write_chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := to_jsonb(OLD);
  new_row jsonb := to_jsonb(NEW);
  row_key text := coalesce(new_row, old_row) ->> TG_ARGV[0];
  before bytea;
  now_at timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(1);
  SELECT hash INTO before FROM chain_audit ORDER BY id DESC LIMIT 1;
  now_at := clock_timestamp();
  INSERT INTO chain_audit (at, actor, relation, row_key, operation, old_row, new_row, hash)
  VALUES (now_at, session_user, TG_TABLE_NAME, row_key, TG_OP, old_row, new_row,
          sha256(coalesce(before, '') || convert_to(
            concat_ws('|', now_at, session_user, TG_TABLE_NAME, row_key, TG_OP, old_row, new_row), 'UTF8')));
  RETURN NULL;
END $$;
