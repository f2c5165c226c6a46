"""Questions of handing out: what a bundle holds, and how a session's hand-outs stand."""
