CREATE TABLE platform.admins (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    reference TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_admins PRIMARY KEY (id),
    CONSTRAINT uq_admins_reference UNIQUE (reference),
    CONSTRAINT uq_admins_email UNIQUE (email)
)

;

CREATE TABLE platform.audit_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    reseller TEXT,
    facts JSONB NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id)
)

;

CREATE TABLE platform.fee_plans (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    reference TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    currency TEXT NOT NULL,
    percent_bp BIGINT NOT NULL,
    fixed_minor BIGINT NOT NULL,
    min_minor BIGINT NOT NULL,
    max_minor BIGINT NOT NULL,
    storefront_bp BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_fee_plans PRIMARY KEY (id),
    CONSTRAINT uq_fee_plans_name_version UNIQUE (name, version),
    CONSTRAINT ck_fee_plans_percent_sane CHECK (percent_bp BETWEEN 0 AND 10000),
    CONSTRAINT ck_fee_plans_bounds_in_order CHECK (0 <= min_minor AND min_minor <= max_minor),
    CONSTRAINT uq_fee_plans_reference UNIQUE (reference)
)

;

CREATE TABLE platform.sign_ins (
    token_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    user_agent TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sign_ins PRIMARY KEY (token_hash)
)

;

CREATE TABLE platform.resellers (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    reference TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    tagline TEXT DEFAULT '' NOT NULL,
    email TEXT NOT NULL,
    address TEXT NOT NULL,
    tax_id TEXT DEFAULT '' NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT DEFAULT 'en' NOT NULL,
    theme TEXT DEFAULT 'stage' NOT NULL,
    tokens JSONB DEFAULT '{}' NOT NULL,
    cell TEXT NOT NULL,
    schema_name TEXT NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    fee_plan_id BIGINT,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_resellers PRIMARY KEY (id),
    CONSTRAINT uq_resellers_reference UNIQUE (reference),
    CONSTRAINT uq_resellers_slug UNIQUE (slug),
    CONSTRAINT uq_resellers_schema_name UNIQUE (schema_name),
    CONSTRAINT fk_resellers_fee_plan_id FOREIGN KEY(fee_plan_id) REFERENCES platform.fee_plans (id)
)

;

CREATE TABLE platform.api_keys (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    reference TEXT NOT NULL,
    reseller_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    mode TEXT NOT NULL,
    prefix TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT uq_api_keys_reference UNIQUE (reference),
    CONSTRAINT fk_api_keys_reseller_id FOREIGN KEY(reseller_id) REFERENCES platform.resellers (id),
    CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash)
)

;

CREATE INDEX ix_api_keys_reseller_id ON platform.api_keys (reseller_id);

CREATE TABLE platform.hosts (
    name TEXT NOT NULL,
    reseller_id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_hosts PRIMARY KEY (name),
    CONSTRAINT fk_hosts_reseller_id FOREIGN KEY(reseller_id) REFERENCES platform.resellers (id)
)

;

CREATE TABLE platform.members (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    reference TEXT NOT NULL,
    reseller_id BIGINT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_members PRIMARY KEY (id),
    CONSTRAINT uq_members_reference UNIQUE (reference),
    CONSTRAINT fk_members_reseller_id FOREIGN KEY(reseller_id) REFERENCES platform.resellers (id),
    CONSTRAINT uq_members_email UNIQUE (email)
)

;

CREATE INDEX ix_members_reseller_id ON platform.members (reseller_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
