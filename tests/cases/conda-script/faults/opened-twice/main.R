# /// conda-script
# /// conda-script
# /// end-conda-script
