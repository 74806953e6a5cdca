"""Use cases: one public function, one transaction, one thing that happened."""
