-- One more revision of a mark on a sheet that is closed to its tablet: a correction by two people, or a judge's second thought about
-- a spread. Who may do so is asked before; here only the chain is kept. No row where `p_base_rev` is not the current revision.
CREATE FUNCTION revise_mark(p_sheet uuid, p_criterion text, p_base_rev integer, p_state text, p_value numeric, p_reasons text[],
                            p_account uuid)
RETURNS TABLE (seq integer, head bytea, rev integer) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    s sheet;
    stamp timestamptz;
    now_rev integer;
    v_op uuid := gen_random_uuid();
BEGIN
    SELECT * INTO STRICT s FROM sheet WHERE id = p_sheet FOR NO KEY UPDATE;
    stamp := clock_timestamp();
    SELECT coalesce(max(m.rev), 0) INTO now_rev FROM mark_revision m
    WHERE m.season_id = s.season_id AND m.sheet_id = s.id AND m.criterion = p_criterion;
    IF now_rev <> p_base_rev THEN
        RETURN;
    END IF;
    seq := s.seq + 1;
    rev := now_rev + 1;
    head := mark_hash(s.head, s.id, seq, p_criterion, rev, v_op, p_state, p_value, p_reasons, p_account, stamp, stamp);
    INSERT INTO mark_revision (season_id, sheet_id, criterion, rev, seq, op_id, state, value, reasons, account_id,
                               entered_at, received_at, hash)
    VALUES (s.season_id, s.id, p_criterion, rev, seq, v_op, p_state, p_value, p_reasons, p_account, stamp, stamp, head);
    UPDATE sheet SET seq = revise_mark.seq, head = revise_mark.head WHERE sheet.id = p_sheet;
    RETURN NEXT;
END $$;
