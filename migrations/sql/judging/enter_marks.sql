-- The one write that must be perfect (DESIGN 4). All arrays have one element per operation; operations of one sheet apply in
-- array order. Sheets are locked in the order of their ids, so that two batches never wait for each other in a ring.
-- A function, not one statement with CTEs: each statement in here sees rows as they are after the lock.
--
-- codes, by precedence: duplicate, op_reused, sheet_unknown, not_assigned, sheet_closed, session_closed, conflict, accepted
CREATE FUNCTION enter_marks(
    p_sheet uuid[], p_account uuid[], p_op uuid[], p_criterion text[], p_state text[], p_value numeric[],
    p_reasons text[], p_base_rev integer[], p_entered_at timestamptz[]
) RETURNS TABLE (pos integer, code text, rev integer, at timestamptz, value numeric, state text, by_account uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    i integer;
    current_sheet uuid;
    s record;
    now_rev integer;
    seen record;
    latest record;
    next_seq integer;
    next_head bytea;
    new_head bytea;
    reasons text[];
    stamp timestamptz;
    dirty boolean := false;
    met_duplicate boolean := false;
BEGIN
    FOR i IN SELECT u.n::integer FROM unnest(p_sheet) WITH ORDINALITY u(sheet, n) ORDER BY u.sheet, u.n LOOP
        IF current_sheet IS DISTINCT FROM p_sheet[i] THEN
            IF dirty THEN
                UPDATE sheet SET seq = next_seq, head = next_head WHERE id = current_sheet;
            END IF;
            current_sheet := p_sheet[i];
            dirty := false;
            SELECT sh.season_id, sh.account_id, sh.state, sh.seq, sh.head, js.state AS session_state INTO s
            FROM sheet sh JOIN judging_session js ON js.id = sh.session_id
            WHERE sh.id = current_sheet FOR NO KEY UPDATE OF sh;
            next_seq := s.seq;
            next_head := s.head;
        END IF;

        pos := i; rev := NULL; at := NULL; value := NULL; state := NULL; by_account := NULL;
        IF s.season_id IS NULL THEN
            code := 'sheet_unknown'; RETURN NEXT; CONTINUE;
        END IF;
        reasons := CASE WHEN p_reasons[i] = '' THEN '{}' ELSE string_to_array(p_reasons[i], E'\x1e') END;

        SELECT m.rev, m.value, m.state, m.account_id, m.received_at INTO latest FROM mark_revision m
        WHERE m.season_id = s.season_id AND m.sheet_id = current_sheet AND m.criterion = p_criterion[i]
        ORDER BY m.rev DESC LIMIT 1;
        now_rev := coalesce(latest.rev, 0);

        IF s.account_id = p_account[i] AND s.state = 'open' AND s.session_state = 'running' AND now_rev = p_base_rev[i] THEN
            stamp := clock_timestamp();
            INSERT INTO mark_revision AS m (season_id, sheet_id, criterion, rev, seq, op_id, state, value, reasons, account_id,
                                            entered_at, received_at, hash)
            VALUES (s.season_id, current_sheet, p_criterion[i], now_rev + 1, next_seq + 1, p_op[i], p_state[i], p_value[i],
                    reasons, p_account[i], p_entered_at[i], stamp,
                    mark_hash(next_head, current_sheet, next_seq + 1, p_criterion[i], now_rev + 1, p_op[i], p_state[i],
                              p_value[i], reasons, p_account[i], p_entered_at[i]))
            -- The same op_id may be on its way through another sheet: the unique key decides, not a look beforehand.
            ON CONFLICT (season_id, op_id) DO NOTHING
            RETURNING m.hash INTO new_head;
            IF FOUND THEN
                next_head := new_head;
                next_seq := next_seq + 1;
                dirty := true;
                code := 'accepted'; rev := now_rev + 1; at := stamp;
                RETURN NEXT; CONTINUE;
            END IF;
        END IF;

        SELECT m.* INTO seen FROM mark_revision m WHERE m.season_id = s.season_id AND m.op_id = p_op[i];
        IF FOUND THEN
            rev := seen.rev; at := seen.received_at;
            IF seen.sheet_id = current_sheet AND seen.criterion = p_criterion[i] AND seen.state = p_state[i]
               AND seen.value IS NOT DISTINCT FROM p_value[i] AND seen.reasons = reasons
               AND seen.account_id = p_account[i] AND seen.rev = p_base_rev[i] + 1 THEN
                code := 'duplicate';
                met_duplicate := true;
            ELSE
                code := 'op_reused'; rev := NULL; at := NULL;
            END IF;
        ELSIF s.account_id <> p_account[i] THEN
            code := 'not_assigned';
        ELSIF s.state <> 'open' THEN
            code := 'sheet_closed';
        ELSIF s.session_state <> 'running' THEN
            code := 'session_closed';
        ELSE
            code := 'conflict';
            rev := now_rev; at := latest.received_at; value := latest.value; state := latest.state; by_account := latest.account_id;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF dirty THEN
        UPDATE sheet SET seq = next_seq, head = next_head WHERE id = current_sheet;
    END IF;
    -- A retry that writes nothing would not wait for a synchronous standby; this record makes its commit do so.
    IF met_duplicate THEN
        PERFORM pg_logical_emit_message(true, 'shibaiqian', 'duplicate');
    END IF;
END $$;
