CREATE SEQUENCE ids;
CREATE TABLE customers (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_customers PRIMARY KEY (id),
    CONSTRAINT uq_customers_reference UNIQUE (reference),
    CONSTRAINT uq_customers_email UNIQUE (email)
)

;

CREATE TABLE entries (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    source TEXT NOT NULL,
    memo TEXT NOT NULL,
    order_id BIGINT,
    currency TEXT NOT NULL,
    actor TEXT NOT NULL,
    posted_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_entries PRIMARY KEY (id),
    CONSTRAINT uq_entries_source UNIQUE (source)
)

;

CREATE INDEX ix_entries_order_id ON entries (order_id);

CREATE TABLE events (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    type TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    subject_reference TEXT NOT NULL,
    data JSONB NOT NULL,
    actor TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    awaits TEXT[] NOT NULL,
    attempts BIGINT DEFAULT '0' NOT NULL,
    relay_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    handled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_events PRIMARY KEY (id),
    CONSTRAINT uq_events_reference UNIQUE (reference)
)

;

CREATE INDEX ix_events_unhandled ON events (relay_at) WHERE handled_at IS NULL;

CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (scope, key)
)

;

CREATE INDEX ix_idempotency_keys_age ON idempotency_keys USING brin (created_at);

CREATE TABLE letters (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    about TEXT NOT NULL,
    to_email TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT DEFAULT '1' NOT NULL,
    message_id TEXT NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_letters PRIMARY KEY (id),
    CONSTRAINT uq_letters_about UNIQUE (about)
)

;

CREATE TABLE moves (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    life TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_moves PRIMARY KEY (id)
)

;

CREATE INDEX ix_moves_subject_id ON moves (subject_id);

CREATE TABLE payment_notices (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    payload JSONB NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    outcome TEXT,
    CONSTRAINT pk_payment_notices PRIMARY KEY (id),
    CONSTRAINT uq_payment_notices_reference UNIQUE (reference)
)

;

CREATE TABLE shows (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT DEFAULT '' NOT NULL,
    summary TEXT DEFAULT '' NOT NULL,
    description_html TEXT DEFAULT '' NOT NULL,
    genre TEXT DEFAULT '' NOT NULL,
    place_name TEXT NOT NULL,
    place_address TEXT DEFAULT '' NOT NULL,
    time_zone TEXT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    doors_at TIMESTAMP WITH TIME ZONE,
    ends_at TIMESTAMP WITH TIME ZONE,
    on_sale_at TIMESTAMP WITH TIME ZONE NOT NULL,
    off_sale_at TIMESTAMP WITH TIME ZONE NOT NULL,
    currency TEXT NOT NULL,
    hold_seconds BIGINT DEFAULT '600' NOT NULL,
    poster_style TEXT DEFAULT 'concert' NOT NULL,
    is_high_traffic BOOLEAN DEFAULT false NOT NULL,
    needs_pass BOOLEAN DEFAULT false NOT NULL,
    state TEXT DEFAULT 'draft' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_shows PRIMARY KEY (id),
    CONSTRAINT ck_shows_sale_ends_after_it_begins CHECK (off_sale_at > on_sale_at),
    CONSTRAINT ck_shows_hold_sane CHECK (hold_seconds BETWEEN 5 AND 7200),
    CONSTRAINT uq_shows_reference UNIQUE (reference),
    CONSTRAINT uq_shows_slug UNIQUE (slug)
)

;

CREATE TABLE till (
    nothing BIGINT NOT NULL,
    CONSTRAINT pk_till PRIMARY KEY (nothing)
)

;

CREATE TABLE customer_sign_ins (
    token_hash TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    user_agent TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_customer_sign_ins PRIMARY KEY (token_hash),
    CONSTRAINT fk_customer_sign_ins_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
)

;

CREATE TABLE orders (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    show_id BIGINT NOT NULL,
    customer_id BIGINT,
    email TEXT,
    name TEXT,
    channel TEXT NOT NULL,
    state TEXT DEFAULT 'held' NOT NULL,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    platform_fee_minor BIGINT NOT NULL,
    storefront_fee_minor BIGINT NOT NULL,
    fee_plan TEXT,
    invoice_number BIGINT,
    place TEXT,
    placed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT ck_orders_total_not_negative CHECK (total_minor >= 0),
    CONSTRAINT uq_orders_reference UNIQUE (reference),
    CONSTRAINT fk_orders_show_id FOREIGN KEY(show_id) REFERENCES shows (id)
)

;

CREATE INDEX ix_orders_customer_id_show_id ON orders (customer_id, show_id) WHERE customer_id IS NOT NULL AND state IN ('held', 'paid', 'refunded');

CREATE INDEX ix_orders_given_back ON orders (show_id, placed_at) WHERE place IS NOT NULL AND state IN ('cancelled', 'expired');

CREATE UNIQUE INDEX ix_orders_invoice_number ON orders (invoice_number) WHERE invoice_number IS NOT NULL;

CREATE INDEX ix_orders_live_email ON orders (lower(email), show_id) WHERE state IN ('held', 'paid');

CREATE INDEX ix_orders_overdue ON orders (expires_at) WHERE state = 'held';

CREATE UNIQUE INDEX ix_orders_place ON orders (place) WHERE place IS NOT NULL AND state IN ('held', 'paid');

CREATE INDEX ix_orders_show_id ON orders (show_id);

CREATE TABLE postings (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    entry_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    CONSTRAINT pk_postings PRIMARY KEY (id),
    CONSTRAINT ck_postings_amount_not_zero CHECK (amount_minor <> 0),
    CONSTRAINT fk_postings_entry_id FOREIGN KEY(entry_id) REFERENCES entries (id)
)

;

CREATE INDEX ix_postings_account ON postings (account);

CREATE INDEX ix_postings_entry_id ON postings (entry_id);

CREATE TABLE ticket_types (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    show_id BIGINT NOT NULL,
    position BIGINT DEFAULT '0' NOT NULL,
    name TEXT NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    price_minor BIGINT NOT NULL,
    capacity BIGINT NOT NULL,
    held BIGINT DEFAULT '0' NOT NULL,
    sold BIGINT DEFAULT '0' NOT NULL,
    per_order_limit BIGINT DEFAULT '8' NOT NULL,
    per_customer_limit BIGINT,
    is_hidden BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_ticket_types PRIMARY KEY (id),
    CONSTRAINT ck_ticket_types_counts_not_negative CHECK (held >= 0 AND sold >= 0),
    CONSTRAINT ck_ticket_types_never_oversold CHECK (held + sold <= capacity),
    CONSTRAINT ck_ticket_types_price_not_negative CHECK (price_minor >= 0),
    CONSTRAINT ck_ticket_types_per_order_limit_sane CHECK (per_order_limit BETWEEN 1 AND 100),
    CONSTRAINT ck_ticket_types_per_customer_limit_sane CHECK (per_customer_limit BETWEEN 1 AND 1000),
    CONSTRAINT uq_ticket_types_reference UNIQUE (reference),
    CONSTRAINT fk_ticket_types_show_id FOREIGN KEY(show_id) REFERENCES shows (id)
)

;

CREATE INDEX ix_ticket_types_show_id ON ticket_types (show_id);

CREATE TABLE waiting_rooms (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    show_id BIGINT NOT NULL,
    state TEXT DEFAULT 'closed' NOT NULL,
    is_paused BOOLEAN DEFAULT false NOT NULL,
    gather_minutes BIGINT DEFAULT '30' NOT NULL,
    checkout_seats BIGINT DEFAULT '5000' NOT NULL,
    per_minute BIGINT,
    suspects TEXT DEFAULT 'refuse' NOT NULL,
    seed BYTEA NOT NULL,
    commitment TEXT NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE,
    drawn_places TEXT,
    drawn_count BIGINT DEFAULT '0' NOT NULL,
    places_digest TEXT,
    epoch TEXT DEFAULT '' NOT NULL,
    serving BIGINT DEFAULT '0' NOT NULL,
    last BIGINT DEFAULT '0' NOT NULL,
    reserved BIGINT DEFAULT '0' NOT NULL,
    unspent BIGINT DEFAULT '0' NOT NULL,
    gaps JSONB DEFAULT '[]' NOT NULL,
    restored_at TIMESTAMP WITH TIME ZONE,
    opened_at TIMESTAMP WITH TIME ZONE,
    emptied_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_waiting_rooms PRIMARY KEY (id),
    CONSTRAINT ck_waiting_rooms_gather_minutes_sane CHECK (gather_minutes BETWEEN 0 AND 1440),
    CONSTRAINT ck_waiting_rooms_seats_sane CHECK (checkout_seats BETWEEN 1 AND 100000),
    CONSTRAINT ck_waiting_rooms_per_minute_sane CHECK (per_minute BETWEEN 1 AND 100000),
    CONSTRAINT ck_waiting_rooms_numbers_not_negative CHECK (serving >= 0 AND last >= 0),
    CONSTRAINT ck_waiting_rooms_numbers_reserved CHECK (last <= reserved),
    CONSTRAINT uq_waiting_rooms_show_id UNIQUE (show_id),
    CONSTRAINT fk_waiting_rooms_show_id FOREIGN KEY(show_id) REFERENCES shows (id)
)

;

CREATE TABLE documents (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    order_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    pdf BYTEA NOT NULL,
    sha256 TEXT NOT NULL,
    printed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (id),
    CONSTRAINT uq_documents_order_id_kind UNIQUE (order_id, kind),
    CONSTRAINT fk_documents_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)

;

CREATE TABLE order_lines (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    order_id BIGINT NOT NULL,
    ticket_type_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price_minor BIGINT NOT NULL,
    platform_fee_minor BIGINT NOT NULL,
    storefront_fee_minor BIGINT NOT NULL,
    CONSTRAINT pk_order_lines PRIMARY KEY (id),
    CONSTRAINT ck_order_lines_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_order_lines_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT fk_order_lines_ticket_type_id FOREIGN KEY(ticket_type_id) REFERENCES ticket_types (id)
)

;

CREATE INDEX ix_order_lines_order_id ON order_lines (order_id);

CREATE TABLE payments (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    state TEXT DEFAULT 'starting' NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    intent_id TEXT,
    client_secret TEXT,
    charge_id TEXT,
    cost_minor BIGINT,
    captured_minor BIGINT,
    failure TEXT,
    is_applied BOOLEAN DEFAULT false NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT ck_payments_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT uq_payments_reference UNIQUE (reference),
    CONSTRAINT fk_payments_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT uq_payments_intent_id UNIQUE (intent_id)
)

;

CREATE INDEX ix_payments_order_id ON payments (order_id);

CREATE INDEX ix_payments_unsettled ON payments (checked_at) WHERE state IN ('starting', 'open') OR (state = 'succeeded' AND cost_minor IS NULL);

CREATE UNIQUE INDEX uq_payments_one_open ON payments (order_id) WHERE state IN ('starting', 'open');

CREATE TABLE tickets (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    line_id BIGINT NOT NULL,
    ticket_type_id BIGINT NOT NULL,
    holder TEXT,
    version BIGINT DEFAULT '1' NOT NULL,
    state TEXT DEFAULT 'held' NOT NULL,
    checked_in_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_tickets PRIMARY KEY (id),
    CONSTRAINT uq_tickets_reference UNIQUE (reference),
    CONSTRAINT fk_tickets_ticket_type_id FOREIGN KEY(ticket_type_id) REFERENCES ticket_types (id)
)

;

CREATE INDEX ix_tickets_order_id ON tickets (order_id);

CREATE TABLE refunds (
    id BIGINT DEFAULT nextval('ids') NOT NULL,
    reference TEXT NOT NULL,
    payment_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    state TEXT DEFAULT 'requested' NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    provider_id TEXT,
    failure TEXT,
    requested_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_refunds PRIMARY KEY (id),
    CONSTRAINT ck_refunds_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT uq_refunds_reference UNIQUE (reference),
    CONSTRAINT fk_refunds_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
    CONSTRAINT fk_refunds_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT uq_refunds_provider_id UNIQUE (provider_id)
)

;

CREATE INDEX ix_refunds_order_id ON refunds (order_id);

CREATE INDEX ix_refunds_payment_id ON refunds (payment_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount_minor), 0) FROM postings WHERE entry_id = NEW.entry_id) <> 0
       OR (SELECT count(*) FROM postings WHERE entry_id = NEW.entry_id) < 2
    THEN
        RAISE EXCEPTION 'entry % does not balance', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_empty_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM postings WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry % has no postings', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT ON postings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced();
CREATE CONSTRAINT TRIGGER entries_have_postings AFTER INSERT ON entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_empty_entry();

CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER moves_append_only BEFORE UPDATE OR DELETE ON moves
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER moves_no_truncate BEFORE TRUNCATE ON moves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE ON postings
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
