-- The one write that must be perfect (DESIGN 4). All arrays have one element per operation; operations of one sheet apply in
-- array order, and several sheets may share one call and so one commit. p_refused: why the operation does not fit the plan, or
-- NULL. Raises unique_violation on mark_op_once when the same op_id comes through another sheet at this very moment: nothing
-- is written then, and the same call made again finds it.
--
-- A function, not one statement with CTEs: each statement in here sees rows as they are after the lock.
--
-- Codes, by precedence: duplicate, op_reused, not_assigned, sheet_closed, session_closed, p_refused, conflict, accepted.
CREATE FUNCTION enter_marks(
    p_sheet uuid[], p_account uuid[], p_op uuid[], p_criterion text[], p_state text[], p_value numeric[],
    p_reasons text[], p_base_rev integer[], p_entered_at timestamptz[], p_refused text[]
) RETURNS TABLE (pos integer, code text, rev integer, at timestamptz, value numeric, state text, by_account uuid)
-- One plan for arrays of every length, and none that was made while the tables were empty and scans them once they are full:
-- planning afresh costs more than the write.
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    stamp timestamptz;
    o record;
    i integer;
    same boolean;
    reasons text[];
    met_duplicate boolean := false;
    -- The sheet at hand: its chain, and which of its criteria this call has already changed, with the position of the last change.
    s_sheet uuid;
    s_seq integer;
    s_head bytea;
    s_criterion text[];
    s_last integer[];
    -- What is to be written: one element per accepted operation, one per changed sheet.
    a_season uuid[] := '{}';
    a_pos integer[] := '{}';
    a_op uuid[] := '{}';
    a_seq integer[] := '{}';
    a_hash bytea[] := '{}';
    h_sheet uuid[] := '{}';
    h_seq integer[] := '{}';
    h_head bytea[] := '{}';
BEGIN
    -- In the order of their ids, so that two calls never wait for each other in a ring.
    PERFORM FROM sheet WHERE id = ANY (p_sheet) ORDER BY id FOR NO KEY UPDATE;
    stamp := clock_timestamp();

    FOR o IN
        SELECT u.n::integer AS n, u.sheet, u.account, u.op, u.criterion, u.state, u.value, u.reasons, u.base_rev, u.entered_at,
               u.refused, sh.season_id, sh.account_id, sh.state AS sheet_state, sh.seq, sh.head, js.state AS session_state,
               coalesce(now.rev, 0) AS now_rev, now.received_at AS now_at, now.value AS now_value, now.state AS now_state,
               now.account_id AS now_account, seen.sheet_id AS seen_sheet, seen.criterion AS seen_criterion, seen.rev AS seen_rev,
               seen.state AS seen_state, seen.value AS seen_value, seen.reasons AS seen_reasons,
               seen.account_id AS seen_account, seen.received_at AS seen_at
        FROM unnest(p_sheet, p_account, p_op, p_criterion, p_state, p_value, p_reasons, p_base_rev, p_entered_at, p_refused)
             WITH ORDINALITY u(sheet, account, op, criterion, state, value, reasons, base_rev, entered_at, refused, n)
        LEFT JOIN sheet sh ON sh.id = u.sheet
        LEFT JOIN judging_session js ON js.id = sh.session_id
        LEFT JOIN LATERAL (
            SELECT m.rev, m.state, m.value, m.account_id, m.received_at FROM mark_revision m
            WHERE m.season_id = sh.season_id AND m.sheet_id = sh.id AND m.criterion = u.criterion ORDER BY m.rev DESC LIMIT 1
        ) now ON true
        LEFT JOIN LATERAL (
            SELECT m.* FROM mark_revision m WHERE m.season_id = sh.season_id AND m.op_id = u.op LIMIT 1
        ) seen ON true
        ORDER BY u.sheet, u.n
    LOOP
        IF s_sheet IS DISTINCT FROM o.sheet THEN
            s_sheet := o.sheet; s_seq := o.seq; s_head := o.head;
            s_criterion := '{}'; s_last := '{}';
        END IF;
        pos := o.n; rev := NULL; at := NULL; value := NULL; state := NULL; by_account := NULL;

        i := array_position(a_op, o.op);
        IF i IS NOT NULL THEN
            i := a_pos[i];
            same := p_sheet[i] = o.sheet AND p_criterion[i] = o.criterion AND p_state[i] = o.state
                AND p_value[i] IS NOT DISTINCT FROM o.value AND p_reasons[i] = o.reasons AND p_account[i] = o.account
                AND p_base_rev[i] = o.base_rev;
        ELSIF o.seen_sheet IS NOT NULL THEN
            same := o.seen_sheet = o.sheet AND o.seen_criterion = o.criterion AND o.seen_state = o.state
                AND o.seen_value IS NOT DISTINCT FROM o.value AND array_to_string(o.seen_reasons, E'\x1e') = o.reasons
                AND o.seen_account = o.account AND o.seen_rev = o.base_rev + 1;
        ELSE
            same := NULL;
        END IF;
        IF same THEN
            code := 'duplicate'; rev := o.base_rev + 1; at := coalesce(o.seen_at, stamp); met_duplicate := true;
            RETURN NEXT; CONTINUE;
        END IF;
        code := CASE WHEN NOT same THEN 'op_reused'
                     WHEN o.account_id IS DISTINCT FROM o.account THEN 'not_assigned'
                     WHEN o.sheet_state <> 'open' THEN 'sheet_closed'
                     WHEN o.session_state <> 'running' THEN 'session_closed'
                     ELSE o.refused END;
        IF code IS NOT NULL THEN
            RETURN NEXT; CONTINUE;
        END IF;

        i := array_position(s_criterion, o.criterion);
        IF i IS NOT NULL THEN
            i := s_last[i];
            o.now_rev := p_base_rev[i] + 1; o.now_at := stamp; o.now_value := p_value[i]; o.now_state := p_state[i];
            o.now_account := p_account[i];
        END IF;
        IF o.now_rev <> o.base_rev THEN
            code := 'conflict'; rev := o.now_rev; at := o.now_at; value := o.now_value; state := o.now_state;
            by_account := o.now_account;
            RETURN NEXT; CONTINUE;
        END IF;

        reasons := CASE WHEN o.reasons = '' THEN '{}' ELSE string_to_array(o.reasons, E'\x1e') END;
        s_seq := s_seq + 1;
        s_head := mark_hash(s_head, o.sheet, s_seq, o.criterion, o.base_rev + 1, o.op, o.state, o.value, reasons, o.account,
                            o.entered_at, stamp);
        i := coalesce(array_position(s_criterion, o.criterion), cardinality(s_criterion) + 1);
        s_criterion[i] := o.criterion; s_last[i] := o.n;
        i := cardinality(a_pos) + 1;
        a_season[i] := o.season_id; a_pos[i] := o.n; a_op[i] := o.op; a_seq[i] := s_seq; a_hash[i] := s_head;
        i := cardinality(h_sheet);
        IF i = 0 OR h_sheet[i] <> s_sheet THEN
            i := i + 1;
            h_sheet[i] := s_sheet;
        END IF;
        h_seq[i] := s_seq; h_head[i] := s_head;
        code := 'accepted'; rev := o.base_rev + 1; at := stamp;
        RETURN NEXT;
    END LOOP;

    IF cardinality(a_pos) > 0 THEN
        INSERT INTO mark_revision (season_id, sheet_id, criterion, rev, seq, op_id, state, value, reasons, account_id,
                                   entered_at, received_at, hash)
        SELECT a.season_id, p_sheet[a.n], p_criterion[a.n], p_base_rev[a.n] + 1, a.seq, p_op[a.n], p_state[a.n], p_value[a.n],
               CASE WHEN p_reasons[a.n] = '' THEN '{}' ELSE string_to_array(p_reasons[a.n], E'\x1e') END,
               p_account[a.n], p_entered_at[a.n], stamp, a.hash
        FROM unnest(a_season, a_pos, a_seq, a_hash) a(season_id, n, seq, hash);
        UPDATE sheet SET seq = h.seq, head = h.head
        FROM unnest(h_sheet, h_seq, h_head) h(id, seq, head) WHERE sheet.id = h.id;
    END IF;
    -- A retry that writes nothing would not wait for a synchronous standby; this record makes its commit do so.
    IF met_duplicate THEN
        PERFORM pg_logical_emit_message(true, 'shibaiqian', 'duplicate');
    END IF;
END $$;
