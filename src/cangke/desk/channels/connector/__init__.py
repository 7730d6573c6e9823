"""Any outside tool: it brings messages with a signature and is handed the answers with one."""
