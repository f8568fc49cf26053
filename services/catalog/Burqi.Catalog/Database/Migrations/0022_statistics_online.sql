analyze catalog.recordings;
analyze catalog.calls;
