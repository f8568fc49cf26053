call archiver.add_waveforms_of_before();
